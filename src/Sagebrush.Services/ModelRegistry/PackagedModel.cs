using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>What a package holds of a model, for those who try it before it is approved.</summary>
/// <param name="Containers">The model's containers.</param>
/// <param name="SamplePayloadUrl">Where its sample requests are; null when it has none.</param>
/// <param name="ContentTypes">What its requests may be.</param>
/// <param name="InstanceTypes">Where it may be deployed; none when the package does not say.</param>
internal sealed record PackagedModel(
    IReadOnlyList<ContainerDefinition> Containers, string? SamplePayloadUrl, IReadOnlyList<string> ContentTypes, IReadOnlyList<string> InstanceTypes);
