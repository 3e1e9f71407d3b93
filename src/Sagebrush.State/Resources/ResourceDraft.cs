namespace Sagebrush.State.Resources;

/// <summary>A resource to be added.</summary>
public sealed record ResourceDraft
{
    /// <inheritdoc cref="Resource.Key"/>
    public required ResourceKey Key { get; init; }

    /// <inheritdoc cref="Resource.Arn"/>
    public required string Arn { get; init; }

    /// <inheritdoc cref="Resource.Status"/>
    public string Status { get; init; } = "";

    /// <inheritdoc cref="Resource.Parent"/>
    public string? Parent { get; init; }

    /// <summary>What lists can be filtered by, beside the columns every resource has.</summary>
    public IReadOnlyList<ResourceAttribute> Attributes { get; init; } = [];

    /// <summary>Its first tags; of equal keys the last one counts.</summary>
    public IReadOnlyList<ResourceTag> Tags { get; init; } = [];

    /// <inheritdoc cref="Resource.Body"/>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
