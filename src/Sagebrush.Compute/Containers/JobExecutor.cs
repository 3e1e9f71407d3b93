using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Containers;

/// <summary>Runs each job where it belongs: in a container if it names one, else as a process.</summary>
/// <param name="processes">Runs processes.</param>
/// <param name="containers">Runs containers.</param>
public sealed class JobExecutor(ProcessExecutor processes, ContainerExecutor containers) : IExecutor, IDisposable
{
    /// <inheritdoc/>
    public bool ProtectsInput => processes.ProtectsInput;

    /// <inheritdoc/>
    public ContractPaths PathsSeenBy(JobFolder folder, bool isolated) => processes.PathsSeenBy(folder, isolated);

    /// <inheritdoc/>
    public ValueTask<IJobRun> StartAsync(JobCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command.Container is null ? processes.StartAsync(command, cancellationToken) : containers.StartAsync(command, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IJobRun?> FindAsync(JobFolder folder, CancellationToken cancellationToken) =>
        ContainerExecutor.HasRun(folder) ? containers.FindAsync(folder, cancellationToken) : processes.FindAsync(folder, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        processes.Dispose();
        containers.Dispose();
    }
}
