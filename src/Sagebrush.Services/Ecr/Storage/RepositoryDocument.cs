using Sagebrush.Contracts.Ecr;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>A repository as it is stored.</summary>
internal sealed record RepositoryDocument
{
    /// <summary>What its images are stored under: another repository of the same name, made later, has another one.</summary>
    public required string Id { get; init; }

    public string TagMutability { get; init; } = ImageTagMutability.Mutable;

    /// <summary>Patterns of tags that <see cref="TagMutability"/> does not hold for.</summary>
    public IReadOnlyList<string> ExclusionFilters { get; init; } = [];

    public bool ScanOnPush { get; init; }

    public string EncryptionType { get; init; } = "AES256";

    public string? KmsKey { get; init; }

    /// <summary>Who else may do what with it, a JSON document.</summary>
    public string? Policy { get; init; }

    /// <summary>Which images expire, a JSON document.</summary>
    public string? LifecyclePolicy { get; init; }

    public DateTimeOffset? LifecycleEvaluated { get; init; }

    /// <summary>The lifecycle policy whose effect was asked for.</summary>
    public string? PreviewedPolicy { get; init; }

    /// <summary>Whether a tag, once given, stays with its image.</summary>
    public bool IsImmutable(string tag) => TagMutability switch
    {
        ImageTagMutability.Immutable => true,
        ImageTagMutability.ImmutableWithExclusion => !IsExcluded(tag),
        ImageTagMutability.MutableWithExclusion => IsExcluded(tag),
        _ => false,
    };

    private bool IsExcluded(string tag) => ExclusionFilters.Any(filter => Wildcard.Matches(filter, tag));
}
