using System.Globalization;
using System.Text;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>
/// Writes what is run first inside an isolated job's namespaces, as root: it puts together what the job sees, and then starts the command with fewer rights.
/// </summary>
/// <remarks>
/// Everything lies below folders that the job shall not see, so the order matters: the job's own tree and temporary folder are filled and
/// put in their places first, then what hides the rest.
/// </remarks>
internal sealed class NamespaceScript(JobCommand command, RunFiles files, JobIsolation isolation)
{
    private const string Temporary = "/tmp";

    private readonly StringBuilder _text = new();

    private JobFolder Folder => command.Folder;

    /// <summary>Writes the script.</summary>
    /// <param name="limits">Lines that limit the processes started after them.</param>
    /// <param name="start">The command as shell text.</param>
    public string Write(string limits, string start)
    {
        _text.Append("# Runs one job's command inside its own namespaces.\n");
        if (isolation.HasOwnUser(command))
        {
            GiveToUser();
        }

        foreach (var mount in command.Mounts)
        {
            if (Outside(mount.Target) is { } place)
            {
                Bind(mount, place);
            }
        }

        Must($"mount --rbind {ShellText.Quote(Folder.Contract.Root)} {ContractPaths.StandardRoot}");
        Line($"mount --bind {ShellText.Quote(files.Hosts)} /etc/hosts");
        Line($"echo {ShellText.Quote(command.HostName)} >/proc/sys/kernel/hostname");
        if (!command.IsTrusted)
        {
            Hide();
        }

        Must($"cd {ShellText.Quote(command.WorkingDirectory)}");

        // The shell runs as process 1 of the namespace: it must stay, to reap what the job leaves behind and to end everything with itself.
        _text.Append(limits);
        Line(WithRights(start));
        Line("exit $?");
        return _text.ToString();
    }

    private string WithRights(string start) =>
        isolation.HasOwnUser(command) ? $"{ShellText.Join(JobIsolation.AsUser(JobIsolation.UserId(command), []))} {start}"
        : isolation.DropsPrivileges ? $"{ShellText.Join(JobIsolation.WithoutPrivileges([]))} {start}"
        : start;

    // Input stays the program's: the job reads it, and it may be large.
    private void GiveToUser()
    {
        var contract = Folder.Contract;
        var user = JobIsolation.UserId(command);
        Must($"chown -hR {user}:{user} {There(contract.Model, contract.Output, contract.Code, contract.Checkpoints, Path.GetDirectoryName(contract.WarmPoolCache)!, Folder.Temporary)}");
        Must($"chown {user}:{user} {There(contract.Root, contract.Input, contract.InputData)} {ShellText.Quote(files.Log)}");
        Line($"mount --bind {ShellText.Quote(files.Users)} /etc/passwd");
    }

    private void Hide()
    {
        List<(string Stage, string Hidden)> stages = [];
        foreach (var hidden in isolation.Hidden.Where(hidden => !IsBelow(hidden, Temporary) && Directory.Exists(hidden)))
        {
            var stage = Path.Join(files.Stage, stages.Count.ToString(CultureInfo.InvariantCulture));
            Must($"mkdir -p {ShellText.Quote(stage)} && mount -t tmpfs -o mode=755,size=1m none {ShellText.Quote(stage)}");
            foreach (var mount in command.Mounts.Where(mount => Outside(mount.Target) is null && IsBelow(mount.Target, hidden)))
            {
                Bind(mount, stage + mount.Target[hidden.Length..]);
            }

            stages.Add((stage, hidden));
        }

        Must($"chmod 1777 {ShellText.Quote(Folder.Temporary)}");
        Line("mount -t tmpfs -o mode=1777 none /dev/shm");
        Must($"mount --rbind {ShellText.Quote(Folder.Temporary)} {Temporary}");
        foreach (var (stage, hidden) in stages)
        {
            Must($"mount --rbind {ShellText.Quote(stage)} {ShellText.Quote(hidden)}");
        }
    }

    /// <summary>The path outside of what the job sees below its tree or its temporary folder; null for other paths.</summary>
    private string? Outside(string path) =>
        IsBelow(path, ContractPaths.StandardRoot) ? Folder.Contract.Root + path[ContractPaths.StandardRoot.Length..]
        : IsBelow(path, Temporary) && !command.IsTrusted ? Folder.Temporary + path[Temporary.Length..]
        : null;

    private void Bind(JobMount mount, string place)
    {
        var (source, target) = (ShellText.Quote(mount.Source), ShellText.Quote(place));
        Must(Directory.Exists(mount.Source) ? $"mkdir -p {target}" : $"mkdir -p {ShellText.Quote(Path.GetDirectoryName(place)!)} && : >>{target}");
        Must($"mount --bind {source} {target}");
        if (!mount.IsWritable)
        {
            Must($"mount -o remount,bind,ro {target}");
        }
    }

    private static string There(params IEnumerable<string> folders) => ShellText.Join(folders.Where(Directory.Exists));

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder, StringComparison.Ordinal) && path.Length > folder.Length && path[folder.Length] == '/';

    private void Must(string line) => Line($"{line} || exit 126");

    private void Line(string line) => _text.Append(line).Append('\n');
}
