using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>
/// Brings experiments to what they shall be: Creating → Created until their time, then Starting → Running; Updating → Running;
/// at their end, or when stopped, Stopping → Completed or Cancelled. Each change of the endpoint is a configuration of its own.
/// </summary>
internal sealed class InferenceExperimentReconciler(IResourceStore store, EndpointDeployments endpoints, TimeProvider time) : IReconciler
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    private readonly ResourceSet<InferenceExperimentDocument> _experiments = store.For(InferenceExperimentCapability.ExperimentKind);

    public string Kind => InferenceExperimentCapability.ExperimentKind.Name;

    public bool IsSettled(string status) => status is InferenceExperimentStatus.Completed or InferenceExperimentStatus.Cancelled;

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _experiments.FindAsync(key, cancellationToken) is not { Document: var experiment })
        {
            return ReconcileOutcome.Done;
        }

        var now = time.GetUtcNow();
        switch (experiment.Status)
        {
            case InferenceExperimentStatus.Creating when experiment.Start > now:
                return await StoreAsync(key, experiment with { Status = InferenceExperimentStatus.Created }, cancellationToken);
            case InferenceExperimentStatus.Created when experiment.Start > now:
                return ReconcileOutcome.Requeue(experiment.Start - now);
            case InferenceExperimentStatus.Creating or InferenceExperimentStatus.Created:
                return await StoreAsync(key, experiment.Next(InferenceExperimentStatus.Starting), cancellationToken);
            case InferenceExperimentStatus.Running when experiment.End > now:
                return ReconcileOutcome.Requeue(experiment.End - now);
            case InferenceExperimentStatus.Running:
                return await StoreAsync(key, Over(experiment), cancellationToken);
            case InferenceExperimentStatus.Starting or InferenceExperimentStatus.Updating or InferenceExperimentStatus.Stopping:
                return await DeployAsync(key, experiment, cancellationToken);
            default:
                return ReconcileOutcome.Done;
        }
    }

    /// <summary>The experiment when its time is up: the shadow goes, production stays.</summary>
    private static InferenceExperimentDocument Over(InferenceExperimentDocument experiment) => experiment.Next(InferenceExperimentStatus.Stopping) with
    {
        Reason = "The experiment has come to its scheduled end.",
        Stop = new StopInferenceExperimentRequest
        {
            Name = experiment.Request.Name,
            DesiredState = InferenceExperimentStopDesiredState.Completed,
            ModelVariantActions = experiment.Request.ModelVariants.ToDictionary(
                variant => variant.VariantName,
                variant => variant.VariantName == experiment.Request.ShadowModeConfig.SourceModelVariantName ? ModelVariantAction.Retain : ModelVariantAction.Remove),
        },
    };

    private async Task<ReconcileOutcome> DeployAsync(ResourceKey key, InferenceExperimentDocument experiment, CancellationToken cancellationToken)
    {
        var name = experiment.Request.EndpointName;
        if (await endpoints.FindAsync(key.Account, key.Region, name, cancellationToken) is not { Status: not EndpointStatus.Deleting } endpoint)
        {
            return await StoreAsync(key, Ended(experiment, InferenceExperimentStatus.Cancelled, $"The endpoint {name} was deleted."), cancellationToken);
        }

        if (!endpoint.IsSettled)
        {
            return ReconcileOutcome.Requeue(Soon);
        }

        if (endpoint.ConfigName == experiment.ConfigName)
        {
            return await StoreAsync(key, Reached(experiment), cancellationToken);
        }

        if (experiment.Requested || endpoint.Status == EndpointStatus.Failed)
        {
            return await StoreAsync(
                key,
                Ended(experiment, InferenceExperimentStatus.Cancelled, endpoint.FailureReason ?? "The endpoint was moved to another configuration meanwhile."),
                cancellationToken);
        }

        await endpoints.PutConfigAsync(key.Account, key.Region, ExperimentConfig.Of(experiment), cancellationToken);
        return await endpoints.TryUpdateAsync(key.Account, key.Region, name, experiment.ConfigName, cancellationToken)
            ? await StoreAsync(key, experiment with { Requested = true }, cancellationToken)
            : ReconcileOutcome.Requeue(Soon);
    }

    private InferenceExperimentDocument Reached(InferenceExperimentDocument experiment) => experiment.Status == InferenceExperimentStatus.Stopping
        ? Ended(experiment, experiment.Stop!.DesiredState ?? InferenceExperimentStatus.Completed, experiment.Reason)
        : experiment with { Status = InferenceExperimentStatus.Running };

    private InferenceExperimentDocument Ended(InferenceExperimentDocument experiment, string status, string? reason) =>
        experiment with { Status = status, Reason = reason is { Length: > 1024 } ? reason[..1024] : reason, Completed = time.GetUtcNow() };

    private async Task<ReconcileOutcome> StoreAsync(ResourceKey key, InferenceExperimentDocument next, CancellationToken cancellationToken)
    {
        await _experiments.UpdateAsync(key, current => current.Revision > next.Revision ? null : next, cancellationToken);
        return ReconcileOutcome.Requeue(next.Requested ? Soon : TimeSpan.Zero);
    }
}
