namespace Sagebrush.Compute.Execution;

/// <summary>A run whose supervisor is a process of this machine.</summary>
internal sealed class ProcessRun : IJobRun
{
    // How often to look again where the kernel sends no news.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private const long ForgetStepBytes = 1 << 20;

    private readonly RunFiles _files;
    private readonly KernelEvents _events;
    private readonly JobControlGroup? _group;
    private readonly TimeProvider _time;
    private readonly long _maxLogBacklogBytes;
    private readonly bool _isolated;
    private ProcessIdentity _supervisor;
    private long _forgotten;

    public ProcessRun(
        RunFiles files, ProcessIdentity supervisor, JobControlGroup? group, KernelEvents events, TimeProvider time, long maxLogBacklogBytes)
    {
        _files = files;
        _supervisor = supervisor;
        _group = group;
        _events = events;
        _time = time;
        _maxLogBacklogBytes = maxLogBacklogBytes;
        _isolated = File.Exists(files.Isolated);
        Completion = WatchAsync();
    }

    public Task<JobExit> Completion { get; }

    private ProcessTree Tree => new(_supervisor, _files.Mark, _group, _isolated);

    public async Task<JobExit> StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var asked = false;
        while (!Completion.IsCompleted && grace - _time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            // Once is enough, but there may be nobody to ask in the run's first milliseconds.
            asked = asked || Tree.Terminate();
            await EndedWithinAsync(asked || left < Interval ? left : Interval, cancellationToken);
        }

        while (!Completion.IsCompleted)
        {
            Tree.Kill();
            await EndedWithinAsync(Interval, cancellationToken);
        }

        return await Completion;
    }

    public IAsyncEnumerable<LogBatch> ReadLogAsync(long position, CancellationToken cancellationToken) =>
        new LogFollower(_files.Log, position, Completion, _events, _time, _maxLogBacklogBytes).ReadAsync(cancellationToken);

    public IReadOnlyCollection<int> FindProcesses() => Completion.IsCompleted ? [] : Tree.Processes();

    public void ForgetLog(long position)
    {
        if (position - _forgotten < ForgetStepBytes)
        {
            return;
        }

        using var file = File.OpenHandle(_files.Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        LinuxKernel.PunchHole(file, 0, position);
        _forgotten = position;
    }

    private async Task<JobExit> WatchAsync()
    {
        JobExit? exit;
        while (true)
        {
            // In this order: what is watched is then surely the supervisor, not a later process of its number.
            var exited = _supervisor.IsAlive ? _events.WhenExited(_supervisor.Id) : Task.CompletedTask;
            if (_supervisor.IsAlive)
            {
                await exited;
            }

            while (_supervisor.IsAlive)
            {
                await Task.Delay(Interval, _time);
            }

            exit = _files.ReadExit();
            if (exit is not null || _files.ReadStarted() is not { } claimant || claimant == _supervisor)
            {
                break;
            }

            // Another supervisor of this run was first, started by this program before it was killed: ours has given way.
            _supervisor = claimant;
        }

        // The namespace's end has ended all that was in it. Without one, children may have outlived the command.
        if (exit is null || !_isolated)
        {
            while (Tree.HasProcesses())
            {
                Tree.KillAll();
                await Task.Delay(TimeSpan.FromMilliseconds(2), _time);
            }
        }

        _group?.Remove();
        var started = new FileInfo(_files.Started);
        var now = _time.GetUtcNow();
        return exit ?? new JobExit(null, OutOfMemory: false, started.Exists ? started.LastWriteTimeUtc : now, now);
    }

    private async Task EndedWithinAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Task completion = Completion;
        await completion.WaitAsync(time, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
