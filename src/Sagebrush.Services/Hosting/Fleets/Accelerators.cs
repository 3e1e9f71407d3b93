using Sagebrush.Contracts.SageMaker;
using Sagebrush.Serving.Onnx;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>Elastic Inference's accelerators as what this machine has in their place.</summary>
internal static class Accelerators
{
    /// <summary>What a variant's accelerator type stands for; null when it names none.</summary>
    /// <param name="type">One of the API's <c>ProductionVariantAcceleratorType</c>.</param>
    /// <param name="options">Says what runs accelerated models.</param>
    public static Accelerator? Of(string? type, HostingOptions options) =>
        type is not null && (options.AcceleratorProvider ?? Accelerator.Available) is { } provider ? new Accelerator(provider, MemoryOf(type)) : null;

    /// <summary>The memory of an accelerator type, as AWS lists it.</summary>
    private static long MemoryOf(string type) => (type switch
    {
        ProductionVariantAcceleratorType.MlEia1Medium => 1L,
        ProductionVariantAcceleratorType.MlEia1Large or ProductionVariantAcceleratorType.MlEia2Medium => 2L,
        ProductionVariantAcceleratorType.MlEia1Xlarge or ProductionVariantAcceleratorType.MlEia2Large => 4L,
        _ => 8L,
    }) << 30;
}
