using System.Diagnostics;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>Finds out what an executor can do here, by doing it once.</summary>
internal static class ExecutorProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static (ExecutorAbilities Abilities, ControlGroups Groups) Run(ProcessExecutorOptions options)
    {
        List<string> notes = [];
        var isolation = options.AllowIsolation ? FindIsolation(notes) : IsolationMode.None;
        var groups = options.AllowControlGroups ? ControlGroups.Probe() : ControlGroups.None;
        if (options.AllowControlGroups && groups.Version == 0)
        {
            notes.Add("Limits on memory and processors are not enforced: this user may not make control groups.");
        }

        var drops = isolation == IsolationMode.Namespaces && Works(JobIsolation.AsUser("65534", ["true"])) && Works(JobIsolation.WithoutPrivileges(["true"]));
        if (isolation == IsolationMode.Namespaces && !drops)
        {
            notes.Add("Jobs keep all rights of root: setpriv (package util-linux) is missing or does not work.");
        }

        return (new ExecutorAbilities(isolation, [.. groups.Controllers.Order(StringComparer.Ordinal)], drops, notes), groups);
    }

    private static IsolationMode FindIsolation(List<string> notes)
    {
        var folder = Directory.CreateTempSubdirectory("sagebrush-probe-");
        try
        {
            const string Seen = ContractPaths.StandardRoot + "/probe";
            File.WriteAllText(Path.Join(folder.FullName, "probe"), string.Empty);
            if (Environment.IsPrivilegedProcess)
            {
                var mount = $"mount --bind {ShellText.Quote(folder.FullName)} {ContractPaths.StandardRoot} && test -e {Seen}";
                if (MakeMountPoint(notes) && Works(JobIsolation.Unshare(["/bin/sh", "-c", mount])))
                {
                    return IsolationMode.Namespaces;
                }
            }

            if (Works(JobIsolation.Bubblewrap(folder.FullName, [], ["test", "-e", Seen])))
            {
                return IsolationMode.Bubblewrap;
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        notes.Add("Jobs do not see their folder as /opt/ml: install bubblewrap, allow unprivileged user namespaces, or run as root. Scripts that read SM_* variables work all the same.");
        return IsolationMode.None;
    }

    private static bool MakeMountPoint(List<string> notes)
    {
        try
        {
            Directory.CreateDirectory(ContractPaths.StandardRoot);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            notes.Add($"{ContractPaths.StandardRoot} cannot be made: {exception.Message}");
            return false;
        }
    }

    private static bool Works(IEnumerable<string> command)
    {
        var words = command.ToList();
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start);
            if (process is null)
            {
                return false;
            }

            if (process.WaitForExit(Patience))
            {
                return process.ExitCode == 0;
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
