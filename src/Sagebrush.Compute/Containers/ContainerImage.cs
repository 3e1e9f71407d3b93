namespace Sagebrush.Compute.Containers;

/// <summary>An image that the engine has.</summary>
/// <param name="Id">Its id, which stays the same whatever happens to its names.</param>
/// <param name="Architecture">The processors it is for, in Go's words: <c>amd64</c>, <c>arm64</c>.</param>
/// <param name="Environment">The variables it sets.</param>
public sealed record ContainerImage(string Id, string Architecture, IReadOnlyDictionary<string, string> Environment);
