namespace Sagebrush.Compute.Containers;

/// <summary>What an engine says of itself.</summary>
/// <param name="Name">Such as <c>Podman Engine</c> or <c>Docker Engine - Community</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Architecture">The processors of its machine, in Go's words.</param>
public sealed record EngineVersion(string Name, string Version, string Architecture)
{
    /// <summary>Whether it is Podman, which has an API of its own beside Docker's.</summary>
    public bool IsPodman => Name.Contains("podman", StringComparison.OrdinalIgnoreCase);
}
