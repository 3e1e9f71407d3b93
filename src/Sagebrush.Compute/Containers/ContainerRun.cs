using Sagebrush.Compute.Execution;

namespace Sagebrush.Compute.Containers;

/// <summary>A run that is a container. What it prints is copied from the engine into the run's folder, and read from there.</summary>
internal sealed class ContainerRun : IJobRun
{
    private const long ForgetStepBytes = 1 << 20;

    private static readonly TimeSpan EngineAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan KillAgain = TimeSpan.FromSeconds(2);

    private readonly ContainerEngine _engine;
    private readonly string _id;
    private readonly ContainerRunFiles _files;
    private readonly KernelEvents _events;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private volatile int _processId;
    private bool _killed;
    private bool _outOfMemory;
    private long _forgotten;

    public ContainerRun(ContainerEngine engine, string id, ContainerRunFiles files, KernelEvents events, TimeProvider time, CancellationToken stopping)
    {
        (_engine, _id, _files, _events, _time, _stopping) = (engine, id, files, events, time, stopping);
        Completion = Task.Run(WatchAsync, CancellationToken.None);
    }

    public Task<JobExit> Completion { get; }

    public async Task<JobExit> StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var asked = false;
        while (!Completion.IsCompleted && grace - _time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            asked = asked || await TrySignalAsync("SIGTERM", cancellationToken);
            await EndedWithinAsync(asked || left < EngineAway ? left : EngineAway, cancellationToken);
        }

        while (!Completion.IsCompleted)
        {
            _killed = true;
            await TrySignalAsync("SIGKILL", cancellationToken);
            await EndedWithinAsync(KillAgain, cancellationToken);
        }

        return await Completion;
    }

    public IAsyncEnumerable<LogBatch> ReadLogAsync(long position, CancellationToken cancellationToken) =>
        new LogFollower(_files.Log, position, Completion, _events, _time, _engine.Options.MaxLogBacklogBytes).ReadAsync(cancellationToken);

    // Its first process's PID namespace has all of them.
    public IReadOnlyCollection<int> FindProcesses()
    {
        var first = _processId;
        return first == 0 || Completion.IsCompleted ? [] : ProcessTree.ProcessesBeside(first);
    }

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

    private async Task<bool> TrySignalAsync(string signal, CancellationToken cancellationToken)
    {
        try
        {
            await _engine.SignalAsync(_id, signal, cancellationToken);
            return true;
        }
        catch (Exception exception) when (IsEnginesFault(exception, cancellationToken))
        {
            return false;
        }
    }

    private async Task EndedWithinAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await ((Task)Completion).WaitAsync(patience, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<JobExit> WatchAsync()
    {
        while (true)
        {
            try
            {
                var exit = _files.ReadExit() ?? await EndAsync();
                if (exit is not null)
                {
                    await TryRemoveAsync();
                    return exit;
                }
            }
            catch (Exception exception) when (IsEnginesFault(exception, _stopping))
            {
                // It may come back; what runs goes on without it.
                await Task.Delay(EngineAway, _time, _stopping);
            }
        }
    }

    /// <summary>Watches until the container has ended, and puts down how; null when it has to be looked at again.</summary>
    private async Task<JobExit?> EndAsync()
    {
        using var following = CancellationTokenSource.CreateLinkedTokenSource(_stopping);

        // What it says is wanted at once, how it is only later.
        var reading = CopyLogAsync(follow: true, following.Token);
        ContainerState? state;
        try
        {
            state = await _engine.FindAsync(_id, _stopping);
            if (state is { IsNew: false })
            {
                if (!state.HasEnded)
                {
                    await EndOrSilenceAsync(state.ProcessId, reading);
                    state = await ExitedAsync() ?? state;
                    if (!state.HasEnded)
                    {
                        return null;
                    }
                }

                await reading.WaitAsync(LastWords, _time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            await following.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopping.ThrowIfCancellationRequested();
        if (state is null || state.IsNew)
        {
            // Removed by somebody, or set back by a restart of the machine.
            var now = _time.GetUtcNow();
            return Keep(new JobExit(null, OutOfMemory: false, now, now));
        }

        if (!reading.IsCompletedSuccessfully)
        {
            await CopyLogAsync(follow: false, _stopping);
        }

        const int Killed = 137;
        return Keep(new JobExit(state.ExitCode, state.OutOfMemory || (_outOfMemory && !(_killed && state.ExitCode == Killed)), state.StartedAt, state.FinishedAt));
    }

    /// <summary>Returns when the container seems to have ended, or its output did.</summary>
    private async Task EndOrSilenceAsync(int processId, Task reading)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        var isHere = IsOfContainer(processId);
        _processId = isHere ? processId : 0;
        using var memory = isHere ? MemoryWatch.TryStart(processId) : null;

        // The kernel tells at once; an engine is asked, and may look several times a second only.
        var ended = isHere ? _events.WhenExited(processId) : _engine.WaitAsync(_id, waiting.Token);
        await Task.WhenAny(ended, reading).WaitAsync(_stopping);
        if (!ended.IsCompleted && reading.IsFaulted)
        {
            await waiting.CancelAsync();
            await reading;
        }

        await waiting.CancelAsync();
        await ended.WaitAsync(LastWords, _time, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outOfMemory |= memory?.HasKilled() == true;
    }

    // What has ended for the kernel is, a little later, also for the engine.
    private async Task<ContainerState?> ExitedAsync()
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var state = await _engine.FindAsync(_id, _stopping);
            if (state is null || state.HasEnded || _time.GetElapsedTime(start) > EngineAway)
            {
                return state;
            }

            await Task.Delay(Glance, _time, _stopping);
        }
    }

    // The engine keeps every byte in the order it came: those that are in the file already are skipped.
    private async Task CopyLogAsync(bool follow, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(_files.Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
        await using var stream = await _engine.OpenLogAsync(_id, follow, cancellationToken);
        await LogFrames.ReadAsync(stream, file.Length, bytes => file.Write(bytes.Span), cancellationToken);
    }

    private JobExit Keep(JobExit exit)
    {
        _files.WriteExit(exit);
        return exit;
    }

    // Once its end is known nobody needs it. If the engine is away just now, it is swept away later.
    private async Task TryRemoveAsync()
    {
        try
        {
            await _engine.RemoveAsync(_id, _stopping);
        }
        catch (Exception exception) when (IsEnginesFault(exception, _stopping))
        {
            // Its labels tell that it is ours.
        }
    }

    private bool IsOfContainer(int processId)
    {
        try
        {
            return processId > 0 && File.ReadAllText($"/proc/{processId}/cgroup").Contains(_id, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsEnginesFault(Exception exception, CancellationToken cancellationToken) =>
        exception is ContainerEngineException or IOException or HttpRequestException or ObjectDisposedException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
