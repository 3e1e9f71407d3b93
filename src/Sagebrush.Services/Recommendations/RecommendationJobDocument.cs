using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.ModelRegistry;

namespace Sagebrush.Services.Recommendations;

/// <summary>A recommendation job: what was asked for, and the benchmarks it takes.</summary>
internal sealed record RecommendationJobDocument
{
    public required CreateInferenceRecommendationsJobRequest Request { get; init; }

    /// <summary>The model package that is tested, as it was when the job was made; null when it is a model.</summary>
    public PackagedModel? Package { get; init; }

    /// <summary>Where the sample requests are.</summary>
    public string? PayloadUrl => Request.InputConfig.ContainerConfig?.PayloadConfig?.SamplePayloadUrl ?? Package?.SamplePayloadUrl;

    /// <summary>What the sample requests are.</summary>
    public string? ContentType =>
        Request.InputConfig.ContainerConfig?.PayloadConfig?.SupportedContentTypes?.FirstOrDefault() ?? (Package is { ContentTypes: [var first, ..] } ? first : null);

    /// <summary>One of the API's <c>RecommendationJobStatus</c>.</summary>
    public required string Status { get; init; }

    public string? FailureReason { get; init; }

    public DateTimeOffset? Completed { get; init; }

    /// <summary>One for each machine and environment to try, in the order they are run.</summary>
    public required IReadOnlyList<Benchmark> Benchmarks { get; init; }
}
