using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Recommendations;

/// <summary>A load test of the model on one machine, with one environment; or of an endpoint there is.</summary>
internal sealed record Benchmark
{
    /// <summary>Names its endpoint and its recommendation.</summary>
    public required string Id { get; init; }

    /// <summary>The machine; null when it is serverless.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Its memory and how many requests it answers at once, when it is serverless.</summary>
    public ProductionVariantServerlessConfig? Serverless { get; init; }

    /// <summary>The endpoint there is and its variant, when one is tested in place of a candidate.</summary>
    public TestedEndpoint? Endpoint { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>One of the API's <c>RecommendationJobStatus</c>.</summary>
    public string Status { get; init; } = RecommendationJobStatus.Pending;

    public string? FailureReason { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public BenchmarkResult? Result { get; init; }

    public bool IsOver => Status is RecommendationJobStatus.Completed or RecommendationJobStatus.Failed or RecommendationJobStatus.Stopped;
}
