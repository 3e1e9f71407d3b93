namespace Sagebrush.State.Resources;

/// <summary>One page of a list.</summary>
/// <param name="Items">The resources, in the order asked for.</param>
/// <param name="NextToken">The token of the next page, or null when there are no more.</param>
public sealed record ResourcePage(IReadOnlyList<Resource> Items, string? NextToken);
