using System.Diagnostics;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>
/// Runs jobs as processes of this machine. They outlive this program, which takes them up again when it is back, and
/// leave nothing behind when they end.
/// </summary>
/// <remarks>
/// As root, isolated jobs live in mount and PID namespaces of their own where their folder is <c>/opt/ml</c>; other users get the
/// same from <c>bwrap</c>; where neither works, jobs find their folder through <c>SM_*</c> variables. As root, each run is a user of its own that
/// sees neither this program's data nor other jobs; otherwise jobs run as the program's user. Thread-safe.
/// </remarks>
public sealed class ProcessExecutor : IExecutor, IDisposable
{
    private readonly TimeProvider _time;
    private readonly ProcessExecutorOptions _options;
    private readonly KernelEvents _events = new();
    private readonly Lazy<(ExecutorAbilities Abilities, ControlGroups Groups)> _machine;

    /// <summary>Makes an executor; the machine is looked at when it is first needed.</summary>
    public ProcessExecutor(TimeProvider time, ProcessExecutorOptions? options = null)
    {
        _time = time;
        _options = options ?? new ProcessExecutorOptions();
        _machine = new(() => ExecutorProbe.Run(_options));
    }

    /// <summary>What works on this machine.</summary>
    public ExecutorAbilities Abilities => _machine.Value.Abilities;

    /// <inheritdoc/>
    public bool ProtectsInput => Abilities is { Isolation: IsolationMode.Namespaces, DropsPrivileges: true };

    /// <inheritdoc/>
    public ContractPaths PathsSeenBy(JobFolder folder, bool isolated)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return isolated && Abilities.Isolation != IsolationMode.None ? new ContractPaths(ContractPaths.StandardRoot) : folder.Contract;
    }

    /// <inheritdoc/>
    public async ValueTask<IJobRun> StartAsync(JobCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (await FindAsync(command.Folder, cancellationToken) is { } found)
        {
            return found;
        }

        var files = new RunFiles(command.Folder);
        var (abilities, groups) = _machine.Value;
        var group = groups.ForRun(files.RunId);
        Directory.CreateDirectory(files.Directory);
        Directory.CreateDirectory(command.Folder.Temporary);
        Directory.CreateDirectory(command.Folder.Contract.Root);
        group?.Create(command.Limits);
        var isolation = new JobIsolation(command.Isolated ? abilities.Isolation : IsolationMode.None, abilities.DropsPrivileges, _options.Hidden);
        new SupervisorScript(command, files, group, isolation).Write();
        await File.AppendAllTextAsync(files.Log, string.Empty, cancellationToken);
        return Adopt(files, Launch(files));
    }

    /// <inheritdoc/>
    public ValueTask<IJobRun?> FindAsync(JobFolder folder, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var files = new RunFiles(folder);
        return ValueTask.FromResult<IJobRun?>(files.ReadStarted() is { } supervisor ? Adopt(files, supervisor) : null);
    }

    /// <inheritdoc/>
    public void Dispose() => _events.Dispose();

    private ProcessRun Adopt(RunFiles files, ProcessIdentity supervisor) =>
        new(files, supervisor, _machine.Value.Groups.ForRun(files.RunId), _events, _time, _options.MaxLogBacklogBytes);

    private static ProcessIdentity Launch(RunFiles files)
    {
        // setsid: neither a terminal's Ctrl-C nor its end reaches the job. The pipes are closed at once; the script opens its own files.
        var start = new ProcessStartInfo("setsid", ["/bin/sh", files.SupervisorScript])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        var path = start.Environment["PATH"];
        start.Environment.Clear();
        start.Environment["PATH"] = path;
        start.Environment[files.Mark[..files.Mark.IndexOf('=', StringComparison.Ordinal)]] = files.RunId;
        start.Environment[RunFiles.Preparing] = "1";
        using var process = Process.Start(start) ?? throw new IOException("The job's supervisor could not be started.");

        // One that has ended already has left its name on disk.
        return ProcessEntry.TryRead(process.Id) is { } entry
            ? new ProcessIdentity(entry.Id, entry.StartTicks, ProcessIdentity.CurrentBootId)
            : files.ReadStarted() ?? throw new IOException("The job's supervisor ended at once. Is /bin/sh a POSIX shell, and setsid there?");
    }
}
