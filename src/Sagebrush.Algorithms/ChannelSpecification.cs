namespace Sagebrush.Algorithms;

/// <summary>A channel that a built-in algorithm reads.</summary>
/// <param name="Name">For example <c>train</c>.</param>
/// <param name="IsRequired">Whether a job must have it.</param>
/// <param name="ContentTypes">The content types it may have.</param>
public sealed record ChannelSpecification(string Name, bool IsRequired, IReadOnlyList<string> ContentTypes);
