namespace Sagebrush.Compute.Capacity;

/// <summary>What serverless inference costs.</summary>
/// <remarks>The on-demand price of us-east-1 in US dollars; data in and out, and provisioned concurrency, come on top. Source: "Amazon SageMaker pricing", Serverless Inference.</remarks>
public static class ServerlessPrice
{
    private const decimal PerGibibyteSecondUsd = 0.00002m;
    private const decimal MebibytesPerGibibyte = 1024;

    /// <summary>The price of computing an answer.</summary>
    /// <param name="memoryMebibytes">The memory of the endpoint.</param>
    /// <param name="duration">How long it takes.</param>
    /// <returns>US dollars.</returns>
    public static decimal Of(int memoryMebibytes, TimeSpan duration) => memoryMebibytes / MebibytesPerGibibyte * PerGibibyteSecondUsd * (decimal)duration.TotalSeconds;
}
