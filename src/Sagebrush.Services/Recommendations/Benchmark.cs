using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Recommendations;

/// <summary>A load test of the model on one machine, with one environment.</summary>
internal sealed record Benchmark
{
    /// <summary>Names its endpoint and its recommendation.</summary>
    public required string Id { get; init; }

    public required string InstanceType { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>One of the API's <c>RecommendationJobStatus</c>.</summary>
    public string Status { get; init; } = RecommendationJobStatus.Pending;

    public string? FailureReason { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public BenchmarkResult? Result { get; init; }

    public bool IsOver => Status is RecommendationJobStatus.Completed or RecommendationJobStatus.Failed or RecommendationJobStatus.Stopped;
}
