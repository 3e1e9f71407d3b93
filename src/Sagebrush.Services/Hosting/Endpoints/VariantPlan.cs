using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>A production variant of an endpoint, with the model it serves.</summary>
internal sealed record VariantPlan
{
    /// <summary>The variant as the configuration has it.</summary>
    public required ProductionVariant Variant { get; init; }

    /// <summary>The model's containers.</summary>
    public required IReadOnlyList<ContainerDefinition> Containers { get; init; }

    /// <summary>Whether requests name the container they are for; else several containers are a pipeline.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Whether its containers get no network.</summary>
    public bool IsNetworkIsolated { get; init; }

    /// <summary>Its share of the traffic now.</summary>
    public required float Weight { get; init; }

    /// <summary>Its instances now.</summary>
    public required int InstanceCount { get; init; }

    /// <summary>Its memory and how many requests it answers at once, when it is serverless; null when it has instances.</summary>
    public ProductionVariantServerlessConfig? Serverless { get; init; }

    /// <summary>What its log stream is named after, as after an EC2 instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>How long a request may take; null for what endpoints allow.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>The largest answer in bytes; null for what endpoints allow.</summary>
    public int? LargestAnswer { get; init; }

    /// <summary>The model servers it takes: one for each instance; a serverless variant has one, which scales by itself.</summary>
    public int Servers => Serverless is null ? InstanceCount : 1;

    /// <summary>The variant's name.</summary>
    public string Name => Variant.VariantName;
}
