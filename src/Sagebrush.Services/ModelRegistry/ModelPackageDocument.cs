using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>A model package: a version in a group, or one that stands alone.</summary>
internal sealed record ModelPackageDocument
{
    /// <summary>What Describe answers, but for what the store itself knows.</summary>
    public required DescribeModelPackageOutput Package { get; init; }

    /// <summary>The token by which its creator repeats a request without making another.</summary>
    public string? Token { get; init; }
}
