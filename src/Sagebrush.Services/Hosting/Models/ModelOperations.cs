using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Hosting.Models;

/// <summary>The operations on models that read, list and delete.</summary>
internal sealed class ModelOperations(IResourceStore store)
{
    private readonly ResourceSet<CreateModelInput> _models = store.For(HostingKinds.Model);

    public async ValueTask<DescribeModelOutput> DescribeAsync(
        DescribeModelInput request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _models.FindAsync(context.AccountId, context.Region, request.ModelName, cancellationToken)
            ?? throw HostingErrors.NotFound("model", context.ModelArn(request.ModelName));
        var model = stored.Document;
        return new DescribeModelOutput
        {
            ModelName = model.ModelName,
            ModelArn = stored.Arn,
            PrimaryContainer = model.PrimaryContainer,
            Containers = model.Containers,
            InferenceExecutionConfig = model.InferenceExecutionConfig,
            ExecutionRoleArn = model.ExecutionRoleArn,
            VpcConfig = model.VpcConfig,
            EnableNetworkIsolation = model.EnableNetworkIsolation ?? false,
            CreationTime = stored.Created,
        };
    }

    public async ValueTask<ListModelsOutput> ListAsync(
        ListModelsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, HostingKinds.Model.Name, request.SortBy, request.SortOrder, request.NameContains, request.MaxResults, request.NextToken);
        var page = await _models.PageAsync(
            query with { CreatedAfter = request.CreationTimeAfter, CreatedBefore = request.CreationTimeBefore }, cancellationToken);
        return new ListModelsOutput
        {
            Models = [.. page.Items.Select(item => new ModelSummary
            {
                ModelName = item.Key.Name,
                ModelArn = item.Arn,
                CreationTime = item.Created,
            })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(
        DeleteModelInput request, CallContext context, CancellationToken cancellationToken) =>
        await _models.DeleteAsync(_models.Key(context.AccountId, context.Region, request.ModelName), null, cancellationToken)
            ? EmptyShape.Instance
            : throw HostingErrors.NotFound("model", context.ModelArn(request.ModelName));
}
