using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>What a run leaves on disk: all that is needed to take it up again.</summary>
internal sealed class RunFiles(JobFolder folder)
{
    /// <summary>Names the run in environments and control groups. Follows from the folder, so that nobody has to remember it.</summary>
    public string RunId { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder.Path)).AsSpan(0, 10));

    /// <summary>The variable every process of the run is started with.</summary>
    public string Mark => "SAGEBRUSH_RUN=" + RunId;

    /// <summary>The environment variable of what only prepares the run, up to the moment when the command itself starts without it.</summary>
    public const string Preparing = "SAGEBRUSH_PREPARING";

    public string Directory => folder.Run;

    /// <summary>The supervisor: a shell script that starts the command and records how it ended.</summary>
    public string SupervisorScript => Path.Join(Directory, "supervise.sh");

    /// <summary>What is run first inside an isolated job's namespaces.</summary>
    public string InitScript => Path.Join(Directory, "init.sh");

    /// <summary>The isolated job's own <c>/etc/hosts</c>.</summary>
    public string Hosts => Path.Join(Directory, "hosts");

    /// <summary>The isolated job's own <c>/etc/passwd</c>, when it runs as a user of its own.</summary>
    public string Users => Path.Join(Directory, "passwd");

    /// <summary>Where what an isolated job sees instead of hidden folders is put together.</summary>
    public string Stage => Path.Join(Directory, "stage");

    /// <summary>What the command prints.</summary>
    public string Log => Path.Join(Directory, "log");

    /// <summary>The supervisor's identity; it appears whole or not at all, and once.</summary>
    public string Started => Path.Join(Directory, "started");

    /// <summary>The exit code and the number of processes killed for want of memory; it appears whole or not at all.</summary>
    public string Exit => Path.Join(Directory, "exit");

    /// <summary>Present when the run has namespaces of its own.</summary>
    public string Isolated => Path.Join(Directory, "isolated");

    public ProcessIdentity? ReadStarted() =>
        ReadLine(Started) is { } line
            ? ProcessIdentity.Parse(line) ?? throw new IOException($"'{Started}' does not name a process: '{line}'.")
            : null;

    public JobExit? ReadExit()
    {
        if (ReadLine(Exit) is not { } line)
        {
            return null;
        }

        var fields = line.Split(' ');
        return new JobExit(
            int.Parse(fields[0], CultureInfo.InvariantCulture),
            fields.Length > 1 && fields[1] != "0",
            File.GetLastWriteTimeUtc(Started),
            File.GetLastWriteTimeUtc(Exit));
    }

    private static string? ReadLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
