using System.Globalization;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>
/// Writes the shell scripts a run consists of. A shell is all that stays beside the job: it needs no file of this program,
/// goes on when the program is killed, and leaves the exit code on disk.
/// </summary>
internal sealed class SupervisorScript(JobCommand command, RunFiles files, JobControlGroup? group, JobIsolation isolation)
{
    private const string ProgramPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private JobFolder Folder => command.Folder;

    /// <summary>Writes all files. They are readable by their owner alone: the environment may hold secrets.</summary>
    public void Write()
    {
        WritePrivate(files.SupervisorScript, Supervise());
        if (isolation.Mode == IsolationMode.None)
        {
            return;
        }

        WritePrivate(files.Isolated, string.Empty);
        WriteReadable(files.Hosts, Hosts());
        if (isolation.Mode == IsolationMode.Namespaces)
        {
            var user = JobIsolation.UserId(command);
            WriteReadable(files.Users, $"{File.ReadAllText("/etc/passwd")}sagemaker:x:{user}:{user}:SageMaker job:/tmp:/bin/sh\n");
            WritePrivate(files.InitScript, new NamespaceScript(command, files, isolation).Write(Limits(isolation.HasOwnUser(command)), ShellText.Join(Command())));
        }
    }

    private string Hosts()
    {
        var others = string.Concat(command.Addresses.Select(host => $"{host.Address} {host.Name}\n"));
        return $"127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n{others}";
    }

    private string Supervise()
    {
        var join = group is null
            ? string.Empty
            : string.Join('\n', group.JoinFiles.Select(file => $"echo 0 >{ShellText.Quote(file)} || exit 126")) + "\n";
        var countKills = group?.MemoryEventsFile is { } events
            ? $"while read -r key value; do [ \"$key\" = oom_kill ] && killed=$value; done <{ShellText.Quote(events)}"
            : ":";
        var start = isolation.Mode == IsolationMode.None ? $"cd {ShellText.Quote(command.WorkingDirectory)} || exit 126\n" : string.Empty;

        var limits = isolation.Mode == IsolationMode.Namespaces ? string.Empty : Limits(ownUser: false);

        // The claim is a hard link: it appears with its content, and only one supervisor of a run ever gets it.
        // The exit code has its place before the command starts: it is written over, which a full disk does not hinder.
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
            echo "{{new string(' ', 30)}}" >exit.new
            trap : HUP INT TERM
            (
            {{join}}{{limits}}{{start}}exec {{ShellText.Join(Wrapped())}}
            )
            code=$?
            killed=0
            {{countKills}}
            echo "$code $killed" 1<>exit.new
            mv exit.new exit

            """;
    }

    private IEnumerable<string> Wrapped() => isolation.Mode switch
    {
        IsolationMode.Namespaces => JobIsolation.Unshare(["/bin/sh", files.InitScript]),
        IsolationMode.Bubblewrap => isolation.Bubblewrap(command, files, Command()),
        _ => Command(),
    };

    // What control groups do not enforce is left to the process limits of old, which count each process for itself; a limit that
    // cannot be set is one that is stricter already.
    private string Limits(bool ownUser)
    {
        var lines = command.Limits.MaxOpenFiles is { } openFiles ? $"ulimit -n {Text(openFiles)} 2>/dev/null\n" : string.Empty;
        if (command.Limits.MemoryBytes is { } memory && group?.MemoryEventsFile is null)
        {
            lines += $"ulimit -d {Text(memory / 1024)} 2>/dev/null\n";
        }

        // Counted per user: for a user who has other processes as well, it would be anybody's guess. The option's name differs between shells.
        return command.Limits.MaxProcesses is { } processes && ownUser
            ? $"{lines}ulimit -p {Text(processes)} 2>/dev/null || ulimit -u {Text(processes)} 2>/dev/null\n"
            : lines;
    }

    // Through env, because a shell drops variables whose names are not identifiers, such as SM_HP_LEARNING-RATE.
    private IEnumerable<string> Command()
    {
        var environment = new Dictionary<string, string>(command.Environment, StringComparer.Ordinal);
        var temporary = isolation.Mode == IsolationMode.None || command.IsTrusted ? Folder.Temporary : "/tmp";
        environment.TryAdd("PATH", ProgramPath);
        environment.TryAdd("TMPDIR", temporary);
        environment.TryAdd("HOME", temporary);
        if (isolation.HasOwnUser(command))
        {
            environment.TryAdd("USER", "sagemaker");
            environment.TryAdd("LOGNAME", "sagemaker");
        }

        foreach (var name in environment.Keys)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal))
            {
                throw new ArgumentException($"'{name}' cannot name an environment variable.");
            }
        }

        return ["env", "-i", files.Mark, .. environment.Select(pair => $"{pair.Key}={pair.Value}"), .. command.Arguments];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void WritePrivate(string path, string text) => Write(path, text, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private static void WriteReadable(string path, string text) =>
        Write(path, text, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
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
