using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>Starts a command with a folder, limits and an environment; watches it; stops it.</summary>
public interface IExecutor
{
    /// <summary>Where a job sees the tree of its folder: <c>/opt/ml</c>, or the folder's own path.</summary>
    /// <param name="folder">The job's folder.</param>
    /// <param name="isolated">Whether the job will run isolated, see <see cref="JobCommand.Isolated"/>.</param>
    ContractPaths PathsSeenBy(JobFolder folder, bool isolated);

    /// <summary>Whether jobs that are not trusted lack the right to change files of their input, so that these may share their bytes with others.</summary>
    bool ProtectsInput => false;

    /// <summary>
    /// Starts the command, or takes up the run that this folder already has: running or ended, started by this program or by one
    /// that was killed meanwhile. However often it is called, the command runs once.
    /// </summary>
    /// <exception cref="IOException">The run's files cannot be written.</exception>
    ValueTask<IJobRun> StartAsync(JobCommand command, CancellationToken cancellationToken);

    /// <summary>Takes up a run that was started before, see <see cref="StartAsync"/>; null if the folder has none.</summary>
    ValueTask<IJobRun?> FindAsync(JobFolder folder, CancellationToken cancellationToken);
}
