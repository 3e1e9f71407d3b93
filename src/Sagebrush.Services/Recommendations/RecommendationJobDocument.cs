using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Recommendations;

/// <summary>A recommendation job: what was asked for, and the benchmarks it takes.</summary>
internal sealed record RecommendationJobDocument
{
    public required CreateInferenceRecommendationsJobRequest Request { get; init; }

    /// <summary>One of the API's <c>RecommendationJobStatus</c>.</summary>
    public required string Status { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? Completed { get; init; }

    /// <summary>One for each machine and environment to try, in the order they are run.</summary>
    public required IReadOnlyList<Benchmark> Benchmarks { get; init; }
}
