using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>The operations on inference experiments that read and list.</summary>
internal sealed class InferenceExperimentReads(IResourceStore store, EndpointDeployments endpoints)
{
    private readonly ResourceSet<InferenceExperimentDocument> _experiments = store.For(InferenceExperimentCapability.ExperimentKind);

    public async ValueTask<DescribeInferenceExperimentResponse> DescribeAsync(
        DescribeInferenceExperimentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _experiments.FindAsync(context.AccountId, context.Region, request.Name, cancellationToken)
            ?? throw SageMakerErrors.ResourceNotFound($"Could not find inference experiment \"{request.Name}\".");
        var experiment = stored.Document;
        var endpoint = await endpoints.FindAsync(context.AccountId, context.Region, experiment.Request.EndpointName, cancellationToken);
        return new DescribeInferenceExperimentResponse
        {
            Arn = stored.Arn,
            Name = experiment.Request.Name,
            Type = experiment.Request.Type,
            Schedule = new InferenceExperimentSchedule { StartTime = experiment.Start, EndTime = experiment.End },
            Status = experiment.Status,
            StatusReason = experiment.Reason,
            Description = experiment.Request.Description,
            CreationTime = stored.Created,
            CompletionTime = experiment.Completed,
            LastModifiedTime = stored.Modified,
            RoleArn = experiment.Request.RoleArn,
            EndpointMetadata = new EndpointMetadata
            {
                EndpointName = experiment.Request.EndpointName,
                EndpointConfigName = endpoint?.ConfigName,
                EndpointStatus = endpoint?.Status,
                FailureReason = endpoint?.FailureReason,
            },
            ModelVariants = [.. experiment.Request.ModelVariants.Select(variant => new ModelVariantConfigSummary
            {
                ModelName = variant.ModelName,
                VariantName = variant.VariantName,
                InfrastructureConfig = variant.InfrastructureConfig,
                Status = VariantStatusOf(experiment, variant.VariantName),
            })],
            DataStorageConfig = experiment.Request.DataStorageConfig,
            ShadowModeConfig = experiment.Request.ShadowModeConfig,
            KmsKey = experiment.Request.KmsKey,
        };
    }

    public async ValueTask<ListInferenceExperimentsResponse> ListAsync(
        ListInferenceExperimentsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, InferenceExperimentCapability.ExperimentKind.Name, request.SortBy, request.SortOrder, request.NameContains, request.MaxResults, request.NextToken);
        var page = await _experiments.PageAsync(
            query with
            {
                Status = request.StatusEquals,
                CreatedAfter = request.CreationTimeAfter,
                CreatedBefore = request.CreationTimeBefore,
                ModifiedAfter = request.LastModifiedTimeAfter,
                ModifiedBefore = request.LastModifiedTimeBefore,
            },
            cancellationToken);
        return new ListInferenceExperimentsResponse
        {
            InferenceExperiments = [.. page.Items.Select(item => new InferenceExperimentSummary
            {
                Name = item.Key.Name,
                Type = item.Document.Request.Type,
                Schedule = new InferenceExperimentSchedule { StartTime = item.Document.Start, EndTime = item.Document.End },
                Status = item.Document.Status,
                StatusReason = item.Document.Reason,
                Description = item.Document.Request.Description,
                CreationTime = item.Created,
                CompletionTime = item.Document.Completed,
                LastModifiedTime = item.Modified,
                RoleArn = item.Document.Request.RoleArn,
            })],
            NextToken = page.NextToken,
        };
    }

    private static string VariantStatusOf(InferenceExperimentDocument experiment, string variant)
    {
        var isSource = variant == experiment.Request.ShadowModeConfig.SourceModelVariantName;
        var goes = experiment.Stop?.ModelVariantActions.GetValueOrDefault(variant) == ModelVariantAction.Remove;
        return experiment.Status switch
        {
            InferenceExperimentStatus.Running => ModelVariantStatus.InService,
            InferenceExperimentStatus.Updating => ModelVariantStatus.Updating,
            InferenceExperimentStatus.Stopping => goes ? ModelVariantStatus.Deleting : ModelVariantStatus.Updating,
            InferenceExperimentStatus.Completed or InferenceExperimentStatus.Cancelled =>
                goes || (experiment.Stop is null && !isSource) ? ModelVariantStatus.Deleted : ModelVariantStatus.InService,
            _ => isSource ? ModelVariantStatus.InService : ModelVariantStatus.Creating,
        };
    }
}
