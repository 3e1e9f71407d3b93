namespace Sagebrush.State.Resources;

/// <summary>One page of a resource's tags.</summary>
/// <param name="Tags">The tags, by key.</param>
/// <param name="NextToken">The token of the next page, or null when there are no more.</param>
public sealed record TagPage(IReadOnlyList<ResourceTag> Tags, string? NextToken);
