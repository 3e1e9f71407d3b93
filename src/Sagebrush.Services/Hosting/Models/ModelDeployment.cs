using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Models;

/// <summary>A model to be served to a job.</summary>
internal sealed record ModelDeployment
{
    /// <summary>Names the folder the model is unpacked into; never used for two jobs.</summary>
    public required string JobId { get; init; }

    /// <summary>The model's containers.</summary>
    public required IReadOnlyList<ContainerDefinition> Containers { get; init; }

    /// <summary>Variables that go before the containers' own.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>The machine it is sized for; null for a serverless one.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Its memory and how many requests it answers at once, when it is serverless.</summary>
    public ProductionVariantServerlessConfig? Serverless { get; init; }

    /// <summary>How many machines.</summary>
    public int InstanceCount { get; init; } = 1;

    /// <summary>How long a request may take.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>The largest answer in bytes.</summary>
    public required int LargestAnswer { get; init; }
}
