using System.Security.Cryptography;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>
/// An endpoint configuration and its models as they were when the endpoint took them: deleting or replacing those
/// afterwards changes nothing for the endpoint.
/// </summary>
internal sealed record FleetPlan
{
    /// <summary>Tells one deployment from the next, even of the same configuration.</summary>
    public required string Id { get; init; }

    /// <summary>The configuration's name.</summary>
    public required string ConfigName { get; init; }

    /// <summary>The variants.</summary>
    public required IReadOnlyList<VariantPlan> Variants { get; init; }

    /// <summary>Variants that get copies of the requests, and whose answers nobody gets.</summary>
    public IReadOnlyList<VariantPlan> Shadows { get; init; } = [];

    /// <summary>Whether and how requests and answers are kept.</summary>
    public DataCaptureConfig? Capture { get; init; }

    /// <summary>How asynchronous requests are answered; null for an endpoint that answers at once.</summary>
    public AsyncInferenceConfig? Async { get; init; }

    /// <summary>What explains predictions; null for an endpoint that gives predictions alone.</summary>
    public ExplainerConfig? Explainer { get; init; }

    /// <summary>The variant of a name, a production variant or a shadow.</summary>
    public VariantPlan Find(string variant) => Variants.Concat(Shadows).First(planned => planned.Name == variant);

    /// <summary>Makes the plan of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="models">The models of its production variants, then of its shadows.</param>
    public static FleetPlan Create(CreateEndpointConfigInput config, IReadOnlyList<CreateModelInput> models) => new()
    {
        Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
        ConfigName = config.EndpointConfigName,
        Capture = config.DataCaptureConfig,
        Async = config.AsyncInferenceConfig,
        Explainer = config.ExplainerConfig,
        Variants = [.. config.ProductionVariants.Zip(models, (variant, model) => Plan(variant, model, config))],
        Shadows = [.. (config.ShadowProductionVariants ?? []).Zip(models.Skip(config.ProductionVariants.Count), (variant, model) => Plan(variant, model, config))],
    };

    private static VariantPlan Plan(ProductionVariant variant, CreateModelInput model, CreateEndpointConfigInput config) => new()
    {
        Variant = variant,
        Containers = model.PrimaryContainer is { } primary ? [primary] : model.Containers!,
        IsNetworkIsolated = model.EnableNetworkIsolation == true,
        IsDirect = model.InferenceExecutionConfig?.Mode == InferenceExecutionMode.Direct,
        Weight = variant.InitialVariantWeight ?? 1,
        InstanceCount = variant.ServerlessConfig is null ? variant.InitialInstanceCount ?? 1 : 0,
        Serverless = variant.ServerlessConfig,
        InstanceId = $"i-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(9))[..17]}",
        RequestTimeout = config.AsyncInferenceConfig is null ? null : InvokeEndpointAsyncOperation.LongestTimeout,
        LargestAnswer = config.AsyncInferenceConfig is null ? null : InvokeEndpointAsyncOperation.LargestBody,
    };
}
