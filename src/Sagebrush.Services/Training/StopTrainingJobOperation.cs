using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Training;

/// <summary>Implements <c>StopTrainingJob</c>: asks a job to end, with time to save what it has.</summary>
internal sealed class StopTrainingJobOperation(IResourceStore store, TimeProvider clock) : IOperation<StopTrainingJobRequest, EmptyShape>
{
    private readonly ResourceSet<TrainingJobDocument> _jobs = store.For(TrainingJobs.Kind);

    /// <inheritdoc/>
    public async ValueTask<EmptyShape> InvokeAsync(StopTrainingJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        await StopAsync(context.AccountId, context.Region, request.TrainingJobName, cancellationToken);
        return new EmptyShape();
    }

    /// <summary>Stops a job for a caller, or for the capability that made it.</summary>
    /// <exception cref="ServiceException">There is no such job, or it has ended.</exception>
    public async ValueTask StopAsync(string account, string region, string name, CancellationToken cancellationToken) =>
        _ = await _jobs.UpdateAsync(account, region, name, Stop, cancellationToken) ?? throw Refusals.NotFound();

    private TrainingJobDocument? Stop(TrainingJobDocument document)
    {
        if (document.HasEnded)
        {
            throw Refusals.Validation($"The request was rejected because the training job is in status {document.Job.TrainingJobStatus}.");
        }

        if (document.StopRequested)
        {
            return null;
        }

        document.StopRequested = true;
        document.Job.TrainingJobStatus = TrainingJobStatus.Stopping;
        document.Enter(SecondaryStatus.Stopping, "Stopping the training job", clock.GetUtcNow());
        return document;
    }
}
