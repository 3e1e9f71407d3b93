using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>The operations that start, change, stop and delete inference experiments.</summary>
internal sealed class InferenceExperimentChanges(IResourceStore store, ModelHost models, TimeProvider time)
{
    private readonly ResourceSet<InferenceExperimentDocument> _experiments = store.For(InferenceExperimentCapability.ExperimentKind);

    /// <summary>Starts one before its time.</summary>
    public async ValueTask<StartInferenceExperimentResponse> StartAsync(
        StartInferenceExperimentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var stored = await ChangeAsync(request.Name, context, experiment => experiment.Status == InferenceExperimentStatus.Created
            ? experiment with { Start = now, End = experiment.End > now ? experiment.End : now + (experiment.End - experiment.Start) }
            : throw Conflict(experiment, "started"), cancellationToken);
        return new StartInferenceExperimentResponse { InferenceExperimentArn = stored.Arn };
    }

    public async ValueTask<UpdateInferenceExperimentResponse> UpdateAsync(
        UpdateInferenceExperimentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var before = await FindAsync(request.Name, context, cancellationToken);
        await InferenceExperimentRules.CheckVariantsAsync(
            request.ModelVariants ?? before.Document.Request.ModelVariants,
            request.ShadowModeConfig ?? before.Document.Request.ShadowModeConfig,
            models,
            context,
            cancellationToken);
        var stored = await ChangeAsync(request.Name, context, experiment => Changed(experiment, request), cancellationToken);
        return new UpdateInferenceExperimentResponse { InferenceExperimentArn = stored.Arn };
    }

    public async ValueTask<StopInferenceExperimentResponse> StopAsync(
        StopInferenceExperimentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await ChangeAsync(request.Name, context, experiment =>
        {
            InferenceExperimentRules.CheckStop(request, experiment.Request);
            return experiment.Status switch
            {
                InferenceExperimentStatus.Running => experiment.Next(InferenceExperimentStatus.Stopping) with { Stop = request, Reason = request.Reason },

                // Nothing was deployed yet.
                InferenceExperimentStatus.Created => experiment with
                {
                    Status = InferenceExperimentStatus.Cancelled, Reason = request.Reason, Completed = time.GetUtcNow(),
                },
                _ => throw Conflict(experiment, "stopped"),
            };
        }, cancellationToken);
        return new StopInferenceExperimentResponse { InferenceExperimentArn = stored.Arn };
    }

    /// <summary>Deletes one that is over, or has not begun; its endpoint and variants stay.</summary>
    public async ValueTask<DeleteInferenceExperimentResponse> DeleteAsync(
        DeleteInferenceExperimentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            var stored = await FindAsync(request.Name, context, cancellationToken);
            if (stored.Document.Status is not (InferenceExperimentStatus.Created or InferenceExperimentStatus.Completed or InferenceExperimentStatus.Cancelled))
            {
                throw Conflict(stored.Document, "deleted");
            }

            if (await _experiments.DeleteAsync(stored.Key, stored.Version, cancellationToken))
            {
                return new DeleteInferenceExperimentResponse { InferenceExperimentArn = stored.Arn };
            }
        }
    }

    private static InferenceExperimentDocument Changed(InferenceExperimentDocument experiment, UpdateInferenceExperimentRequest request)
    {
        if (experiment.Status is not (InferenceExperimentStatus.Created or InferenceExperimentStatus.Running))
        {
            throw Conflict(experiment, "updated");
        }

        var (start, end) = request.Schedule is null
            ? (experiment.Start, experiment.End)
            : InferenceExperimentRules.Times(
                new InferenceExperimentSchedule
                {
                    StartTime = experiment.Status == InferenceExperimentStatus.Running ? experiment.Start : request.Schedule.StartTime ?? experiment.Start,
                    EndTime = request.Schedule.EndTime ?? experiment.End,
                },
                experiment.Start);
        var asked = experiment.Request;
        asked.Description = request.Description ?? asked.Description;
        asked.ModelVariants = request.ModelVariants ?? asked.ModelVariants;
        asked.ShadowModeConfig = request.ShadowModeConfig ?? asked.ShadowModeConfig;
        asked.DataStorageConfig = request.DataStorageConfig ?? asked.DataStorageConfig;
        var changed = experiment with { Request = asked, Start = start, End = end };
        var deploys = request.ModelVariants is not null || request.ShadowModeConfig is not null || request.DataStorageConfig is not null;
        return deploys && experiment.Status == InferenceExperimentStatus.Running ? changed.Next(InferenceExperimentStatus.Updating) : changed;
    }

    private async Task<Stored<InferenceExperimentDocument>> ChangeAsync(
        string name, CallContext context, Func<InferenceExperimentDocument, InferenceExperimentDocument> change, CancellationToken cancellationToken) =>
        await _experiments.UpdateAsync(context.AccountId, context.Region, name, change, cancellationToken) ?? throw NotFound(name);

    private async Task<Stored<InferenceExperimentDocument>> FindAsync(string name, CallContext context, CancellationToken cancellationToken) =>
        await _experiments.FindAsync(context.AccountId, context.Region, name, cancellationToken) ?? throw NotFound(name);

    private static ServiceException NotFound(string name) => SageMakerErrors.ResourceNotFound($"Could not find inference experiment \"{name}\".");

    private static ServiceException Conflict(InferenceExperimentDocument experiment, string verb) => SageMakerErrors.ConflictException(
        $"The inference experiment {experiment.Request.Name} cannot be {verb} in status {experiment.Status}.");
}
