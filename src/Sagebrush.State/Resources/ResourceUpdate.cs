namespace Sagebrush.State.Resources;

/// <summary>What a resource shall become, if it still is what its writer read.</summary>
public sealed record ResourceUpdate
{
    /// <summary>Which resource.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>The <see cref="Resource.Version"/> the change was made from.</summary>
    public required long ExpectedVersion { get; init; }

    /// <inheritdoc cref="Resource.Status"/>
    public required string Status { get; init; }

    /// <inheritdoc cref="Resource.Parent"/>
    public string? Parent { get; init; }

    /// <summary>The new attributes, all of them; null keeps the present ones.</summary>
    public IReadOnlyList<ResourceAttribute>? Attributes { get; init; }

    /// <inheritdoc cref="Resource.Body"/>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
