using Sagebrush.Compute.Execution;

namespace Sagebrush.Services.Training.Input;

/// <summary>A job's run with the one beside it that fills its pipes: they end together.</summary>
internal sealed class PipedRun : IJobRun
{
    // What a job gets that waits for data nobody will bring.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly IJobRun _program;
    private readonly IJobRun _feeder;

    public PipedRun(IJobRun program, IJobRun feeder)
    {
        (_program, _feeder) = (program, feeder);
        Completion = WatchAsync();
    }

    public Task<JobExit> Completion { get; }

    public async Task<JobExit> StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        await _program.StopAsync(grace, cancellationToken);
        return await Completion.WaitAsync(cancellationToken);
    }

    public IAsyncEnumerable<LogBatch> ReadLogAsync(long position, CancellationToken cancellationToken) => _program.ReadLogAsync(position, cancellationToken);

    public IReadOnlyCollection<int> FindProcesses() => _program.FindProcesses();

    public void ForgetLog(long position) => _program.ForgetLog(position);

    private async Task<JobExit> WatchAsync()
    {
        await Task.WhenAny(_program.Completion, _feeder.Completion);
        var failed = !_program.Completion.IsCompleted;
        if (failed)
        {
            await _program.StopAsync(Grace, CancellationToken.None);
        }

        var exit = await _program.Completion;
        await _feeder.StopAsync(TimeSpan.Zero, CancellationToken.None);
        return failed && exit.ExitCode is 0 ? exit with { ExitCode = 1 } : exit;
    }
}
