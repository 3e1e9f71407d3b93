using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>
/// Writes the shell scripts a run consists of. A shell is all that stays beside the job: it needs no file of this program,
/// goes on when the program is killed, and leaves the exit code on disk.
/// </summary>
internal sealed class SupervisorScript(JobCommand command, RunFiles files, JobControlGroup? group, IsolationMode isolation, bool dropsPrivileges)
{
    // What an ordinary program running as root may need. Mounting, tracing, loading modules and the like are not among them.
    private const string KeptCapabilities = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot";

    private const string ProgramPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private JobFolder Folder => command.Folder;

    /// <summary>Writes all files. They are readable by their owner alone: the environment may hold secrets.</summary>
    public void Write()
    {
        WritePrivate(files.SupervisorScript, Supervise());
        if (isolation == IsolationMode.None)
        {
            return;
        }

        WritePrivate(files.Isolated, string.Empty);
        WritePrivate(files.Hosts, $"127.0.0.1 localhost {command.HostName}\n::1 localhost ip6-localhost ip6-loopback\n");
        if (isolation == IsolationMode.Namespaces)
        {
            WritePrivate(files.InitScript, Init());
        }
    }

    /// <summary>Arguments that put a command into namespaces of its own, as root.</summary>
    public static IEnumerable<string> Unshare(IEnumerable<string> inner) =>
        ["unshare", "--mount", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL", "--propagation", "private", "--", .. inner];

    /// <summary>Arguments that put a command into namespaces of its own where <c>/opt/ml</c> is <paramref name="tree"/>, as any user.</summary>
    public static IEnumerable<string> Bubblewrap(string tree, string temporary, IEnumerable<string> more, IEnumerable<string> inner)
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

        return [.. arguments, "--bind", tree, ContractPaths.StandardRoot, "--bind", temporary, temporary, .. more, "--", .. inner];
    }

    /// <summary>Arguments that take rights away before a command of root starts.</summary>
    public static IEnumerable<string> WithoutPrivileges(IEnumerable<string> inner) =>
        ["setpriv", "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all", $"--bounding-set={KeptCapabilities}", "--", .. inner];

    private string Supervise()
    {
        var join = group is null
            ? string.Empty
            : string.Join('\n', group.JoinFiles.Select(file => $"echo 0 >{ShellText.Quote(file)} || exit 126")) + "\n";
        var countKills = group?.MemoryEventsFile is { } events
            ? $"while read -r key value; do [ \"$key\" = oom_kill ] && killed=$value; done <{ShellText.Quote(events)}"
            : ":";
        var start = isolation == IsolationMode.None ? $"cd {ShellText.Quote(command.WorkingDirectory)} || exit 126\n" : string.Empty;

        // The claim is a hard link: it appears with its content, and only one supervisor of a run ever gets it.
        // The trap keeps signals to the whole session from ending the supervisor; the command sees them as usual.
        return $$"""
            # Starts one job's command, and records how it ended.
            PATH={{ProgramPath}}
            cd {{ShellText.Quote(files.Directory)}} || exit 124
            exec </dev/null >>log 2>&1
            ulimit -c 0
            read -r stat </proc/$$/stat
            read -r boot </proc/sys/kernel/random/boot_id
            set -- $stat
            echo "$$ ${22} $boot" >"started.$$"
            ln "started.$$" started 2>/dev/null || exit 125
            trap : HUP INT TERM
            (
            {{join}}{{start}}exec {{ShellText.Join(Wrapped())}}
            )
            code=$?
            killed=0
            {{countKills}}
            echo "$code $killed" >exit.new
            mv exit.new exit

            """;
    }

    // Runs as process 1 of the namespace: it must stay, to reap what the job leaves behind and to end everything with itself.
    private string Init() =>
        $"""
        # Runs one job's command inside its own namespaces.
        mount --bind {ShellText.Quote(Folder.Contract.Root)} {ContractPaths.StandardRoot} || exit 126
        mount --bind {ShellText.Quote(files.Hosts)} /etc/hosts
        echo {ShellText.Quote(command.HostName)} >/proc/sys/kernel/hostname
        cd {ShellText.Quote(command.WorkingDirectory)} || exit 126
        {ShellText.Join(dropsPrivileges ? WithoutPrivileges(Command()) : Command())}
        exit $?

        """;

    private IEnumerable<string> Wrapped() => isolation switch
    {
        IsolationMode.Namespaces => Unshare(["/bin/sh", files.InitScript]),
        IsolationMode.Bubblewrap => Bubblewrap(
            Folder.Contract.Root,
            Folder.Temporary,
            ["--hostname", command.HostName, "--ro-bind", files.Hosts, "/etc/hosts", "--chdir", command.WorkingDirectory],
            Command()),
        _ => Command(),
    };

    // Through env, because a shell drops variables whose names are not identifiers, such as SM_HP_LEARNING-RATE.
    private IEnumerable<string> Command()
    {
        var environment = new Dictionary<string, string>(command.Environment, StringComparer.Ordinal);
        environment.TryAdd("PATH", ProgramPath);
        environment.TryAdd("TMPDIR", Folder.Temporary);
        foreach (var name in environment.Keys)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{name}' cannot name an environment variable.");
            }
        }

        return ["env", "-i", files.Mark, .. environment.Select(pair => $"{pair.Key}={pair.Value}"), .. command.Arguments];
    }

    private static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // A shell reads its script as it goes: one that is running must keep the file it has.
        var temporary = path + Guid.NewGuid().ToString("N");
        using (var file = new StreamWriter(temporary, options))
        {
            file.Write(text);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
