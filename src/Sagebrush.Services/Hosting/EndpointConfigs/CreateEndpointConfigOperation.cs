using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Explaining;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.Services.Hosting.Serverless;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.EndpointConfigs;

/// <summary>Implements <c>CreateEndpointConfig</c>: stores which models an endpoint shall serve, and in what shares.</summary>
internal sealed class CreateEndpointConfigOperation(IResourceStore store, HostingOptions options)
    : IOperation<CreateEndpointConfigInput, CreateEndpointConfigOutput>
{
    private readonly ResourceSet<CreateModelInput> _models = store.For(HostingKinds.Model);
    private readonly ResourceSet<CreateEndpointConfigInput> _configs = store.For(HostingKinds.EndpointConfig);

    public async ValueTask<CreateEndpointConfigOutput> InvokeAsync(
        CreateEndpointConfigInput request, CallContext context, CancellationToken cancellationToken)
    {
        CheckCapture(request.DataCaptureConfig);
        AsyncRules.Check(request.AsyncInferenceConfig);
        ServerlessRules.Check(request);
        ExplainerRules.Check(request);
        CheckShadows(request);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var variant in request.ProductionVariants.Concat(request.ShadowProductionVariants ?? []))
        {
            await CheckAsync(variant, names, context, cancellationToken);
        }

        var arn = context.EndpointConfigArn(request.EndpointConfigName);
        var tags = HostingKinds.Tags(request.Tags);
        request.Tags = null;
        var added = await _configs.TryAddAsync(
            _configs.Key(context.AccountId, context.Region, request.EndpointConfigName), arn, request, tags, cancellationToken);
        return added is null
            ? throw HostingErrors.Exists("endpoint configuration", arn)
            : new CreateEndpointConfigOutput { EndpointConfigArn = arn };
    }

    private async ValueTask CheckAsync(
        ProductionVariant variant, HashSet<string> names, CallContext context, CancellationToken cancellationToken)
    {
        if (!names.Add(variant.VariantName))
        {
            throw HostingErrors.Validation($"Variant name \"{variant.VariantName}\" is used more than once; it must be unique within the endpoint configuration.");
        }

        if (variant.ModelName is null || (variant.ServerlessConfig is null && (variant.InstanceType is null || variant.InitialInstanceCount is null)))
        {
            throw HostingErrors.Validation(
                $"ModelName, InstanceType and InitialInstanceCount are required for production variant \"{variant.VariantName}\".");
        }

        if (await _models.FindAsync(context.AccountId, context.Region, variant.ModelName, cancellationToken) is null)
        {
            throw HostingErrors.NotFound("model", context.ModelArn(variant.ModelName));
        }

        if (variant.AcceleratorType is { } accelerator && Accelerators.Of(accelerator, options) is null)
        {
            throw HostingErrors.Validation(
                $"AcceleratorType \"{accelerator}\" of variant \"{variant.VariantName}\" is not available: ONNX Runtime has no execution provider on this machine " +
                "but that of the processor, such as CUDA's. Leave it out.");
        }

        variant.InitialVariantWeight ??= 1;
    }

    private static void CheckShadows(CreateEndpointConfigInput request)
    {
        if (request.ShadowProductionVariants is { Count: > 0 } shadows && (shadows.Count > 1 || request.ProductionVariants.Count > 1))
        {
            throw HostingErrors.Validation("With ShadowProductionVariants there can be only one production variant and one shadow variant.");
        }
    }

    private static void CheckCapture(DataCaptureConfig? capture)
    {
        if (capture is null)
        {
            return;
        }

        if (!S3Location.TryParse(capture.DestinationS3Uri, out _))
        {
            throw HostingErrors.Validation($"DataCaptureConfig.DestinationS3Uri: '{capture.DestinationS3Uri}' is not a place in S3, such as s3://bucket/prefix.");
        }

        // A configuration without the word means capture: the member exists to switch it off.
        capture.EnableCapture ??= true;
    }
}
