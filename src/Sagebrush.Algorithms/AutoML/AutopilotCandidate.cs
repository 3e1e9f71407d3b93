namespace Sagebrush.Algorithms.AutoML;

/// <summary>A candidate that was tried.</summary>
public sealed record AutopilotCandidate
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The learner, or <c>ensemble</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Its metrics on rows it was not trained on.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether it was given up early, rather than failed.</summary>
    public bool IsGivenUp { get; init; }

    /// <summary>Why it failed or was given up; null when it was not.</summary>
    public string? Failure { get; init; }

    /// <summary>Its model's archive, below the folder of the products.</summary>
    public string? Model { get; init; }

    /// <summary>The folder of its report of quality, once it is there.</summary>
    public string? Insights { get; init; }

    /// <summary>The folder of its explanations, once they are there.</summary>
    public string? Explanations { get; init; }
}
