using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>How this machine gives jobs a world of their own, and what it takes away from them.</summary>
/// <param name="Mode">How.</param>
/// <param name="DropsPrivileges">Whether rights can be taken from a job of root.</param>
/// <param name="Hidden">Folders that jobs must not see.</param>
internal sealed record JobIsolation(IsolationMode Mode, bool DropsPrivileges, IReadOnlyList<string> Hidden)
{
    // What a program of ours running as root may need. Mounting, tracing, loading modules and the like are not among them.
    private const string KeptCapabilities = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot";

    /// <summary>Arguments that put a command into namespaces of its own, as root.</summary>
    public static IEnumerable<string> Unshare(IEnumerable<string> inner) =>
        ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL", "--propagation", "private", "--", .. inner];

    /// <summary>Arguments that take rights away before a command of root starts; it stays root.</summary>
    public static IEnumerable<string> WithoutPrivileges(IEnumerable<string> inner) =>
        ["setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", $"--bounding-set={KeptCapabilities}", "--", .. inner];

    /// <summary>Arguments that make a command another user's, without any right beyond that user's.</summary>
    public static IEnumerable<string> AsUser(string user, IEnumerable<string> inner) =>
    [
        "setpriv", $"--reuid={user}", $"--regid={user}", "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all",
        "--", .. inner,
    ];

    /// <summary>Arguments that put a command into namespaces of its own where <c>/opt/ml</c> is <paramref name="tree"/>, as any user.</summary>
    /// <param name="tree">The job's tree.</param>
    /// <param name="more">Further options.</param>
    /// <param name="inner">The command.</param>
    public static IEnumerable<string> Bubblewrap(string tree, IEnumerable<string> more, IEnumerable<string> inner)
    {
        List<string> arguments =
        [
            "bwrap", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
            "--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc", "--bind", "/tmp", "/tmp",
        ];
        if (!Directory.Exists(ContractPaths.StandardRoot))
        {
            // Nothing can be mounted on a folder that is not there: make /opt anew, with all that is in it.
            arguments.AddRange(["--tmpfs", "/opt"]);
            foreach (var entry in Directory.Exists("/opt") ? Directory.GetFileSystemEntries("/opt") : [])
            {
                arguments.AddRange(["--ro-bind", entry, entry]);
            }
        }

        return [.. arguments, "--bind", tree, ContractPaths.StandardRoot, .. more, "--", .. inner];
    }

    /// <summary>Arguments that run a job's command in namespaces, as any user.</summary>
    public IEnumerable<string> Bubblewrap(JobCommand command, RunFiles files, IEnumerable<string> inner)
    {
        var folder = command.Folder;
        List<string> more = ["--hostname", command.HostName, "--ro-bind", files.Hosts, "/etc/hosts"];
        if (command.IsTrusted)
        {
            more.AddRange(["--bind", folder.Temporary, folder.Temporary]);
        }
        else
        {
            foreach (var hidden in Hidden)
            {
                more.AddRange(["--tmpfs", hidden]);
            }

            more.AddRange(["--tmpfs", "/dev/shm", "--bind", folder.Temporary, "/tmp"]);
        }

        foreach (var mount in command.Mounts)
        {
            more.AddRange([mount.IsWritable ? "--bind" : "--ro-bind", mount.Source, mount.Target]);
        }

        return Bubblewrap(folder.Contract.Root, [.. more, "--chdir", command.WorkingDirectory], inner);
    }

    /// <summary>The user an isolated job of root runs as: a number of its own, far from those that accounts have.</summary>
    public static string UserId(JobCommand command)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(command.Owner ?? command.Folder.Path));
        return (600_000_000 + (BitConverter.ToInt32(hash) & 0x0FFFFFFF)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a command runs as a user of its own.</summary>
    public bool HasOwnUser(JobCommand command) => Mode == IsolationMode.Namespaces && DropsPrivileges && !command.IsTrusted;
}
