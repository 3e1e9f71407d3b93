namespace Sagebrush.Services.Ecr.Lifecycle;

/// <summary>One rule of a lifecycle policy.</summary>
internal sealed record LifecycleRule
{
    /// <summary>Lower numbers come first.</summary>
    public required int Priority { get; init; }

    public required LifecycleTagStatus TagStatus { get; init; }

    /// <summary>Patterns of which each must match one of an image's tags.</summary>
    public IReadOnlyList<string> TagPatterns { get; init; } = [];

    /// <summary>The number of images that stay; null for a rule about age.</summary>
    public int? Count { get; init; }

    /// <summary>The age from which on images expire; null for a rule about numbers.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Whether age is counted from the last pull rather than from the push.</summary>
    public bool SincePulled { get; init; }

    /// <summary>Whether the rule is about an image with these tags.</summary>
    public bool Concerns(IReadOnlyCollection<string> tags) => TagStatus switch
    {
        LifecycleTagStatus.Untagged => tags.Count == 0,
        LifecycleTagStatus.Tagged => tags.Count > 0 && TagPatterns.All(pattern => tags.Any(tag => Storage.Wildcard.Matches(pattern, tag))),
        _ => true,
    };
}
