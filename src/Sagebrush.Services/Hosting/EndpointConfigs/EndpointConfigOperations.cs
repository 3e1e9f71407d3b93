using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Hosting.EndpointConfigs;

/// <summary>The operations on endpoint configurations that read, list and delete.</summary>
internal sealed class EndpointConfigOperations(IResourceStore store)
{
    private readonly ResourceSet<CreateEndpointConfigInput> _configs = store.For(HostingKinds.EndpointConfig);

    public async ValueTask<DescribeEndpointConfigOutput> DescribeAsync(
        DescribeEndpointConfigInput request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await _configs.FindAsync(context.AccountId, context.Region, request.EndpointConfigName, cancellationToken)
            ?? throw HostingErrors.NotFound("endpoint configuration", context.EndpointConfigArn(request.EndpointConfigName));
        var config = stored.Document;
        return new DescribeEndpointConfigOutput
        {
            EndpointConfigName = config.EndpointConfigName,
            EndpointConfigArn = stored.Arn,
            ProductionVariants = config.ProductionVariants,
            ShadowProductionVariants = config.ShadowProductionVariants,
            ExplainerConfig = config.ExplainerConfig,
            DataCaptureConfig = config.DataCaptureConfig,
            AsyncInferenceConfig = config.AsyncInferenceConfig,
            KmsKeyId = config.KmsKeyId,
            ExecutionRoleArn = config.ExecutionRoleArn,
            VpcConfig = config.VpcConfig,
            EnableNetworkIsolation = config.EnableNetworkIsolation,
            CreationTime = stored.Created,
        };
    }

    public async ValueTask<ListEndpointConfigsOutput> ListAsync(
        ListEndpointConfigsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, HostingKinds.EndpointConfig.Name, request.SortBy, request.SortOrder, request.NameContains, request.MaxResults, request.NextToken);
        var page = await _configs.PageAsync(
            query with { CreatedAfter = request.CreationTimeAfter, CreatedBefore = request.CreationTimeBefore }, cancellationToken);
        return new ListEndpointConfigsOutput
        {
            EndpointConfigs = [.. page.Items.Select(item => new EndpointConfigSummary
            {
                EndpointConfigName = item.Key.Name,
                EndpointConfigArn = item.Arn,
                CreationTime = item.Created,
            })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(
        DeleteEndpointConfigInput request, CallContext context, CancellationToken cancellationToken) =>
        await _configs.DeleteAsync(
            _configs.Key(context.AccountId, context.Region, request.EndpointConfigName), null, cancellationToken)
            ? EmptyShape.Instance
            : throw HostingErrors.NotFound("endpoint configuration", context.EndpointConfigArn(request.EndpointConfigName));
}
