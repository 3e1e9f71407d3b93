namespace Sagebrush.Compute.Execution;

/// <summary>One run of a command. It lives on without this program; letting go of the object does not stop it.</summary>
public interface IJobRun
{
    /// <summary>Completes when the command has ended and no process of the job is left.</summary>
    Task<JobExit> Completion { get; }

    /// <summary>
    /// Asks every process of the job to end (SIGTERM), and kills those that are left when <paramref name="grace"/> is over.
    /// Returns once none is left. May be called again, and after the end.
    /// </summary>
    Task<JobExit> StopAsync(TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>
    /// Reads what the job printed, from a byte position on, while it is printed; ends when the run has ended and all is read.
    /// </summary>
    /// <param name="position">Zero, or the <see cref="LogBatch.NextPosition"/> up to which the output is already kept.</param>
    /// <param name="cancellationToken">Ends the reading, not the job.</param>
    IAsyncEnumerable<LogBatch> ReadLogAsync(long position, CancellationToken cancellationToken);

    /// <summary>The job's processes now; none when it has ended, or when they run on a machine that is not this one.</summary>
    IReadOnlyCollection<int> FindProcesses();

    /// <summary>What the job's processes have used so far; null when that cannot be told.</summary>
    ProcessUsage? MeasureUsage() => FindProcesses() is { Count: > 0 } processes ? ProcessUsage.Of(processes) : null;

    /// <summary>Gives the disk space of output before <paramref name="position"/> back; it need not be read again.</summary>
    void ForgetLog(long position);
}
