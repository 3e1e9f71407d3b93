namespace Sagebrush.State.Resources;

/// <summary>A resource as it was stored at one version.</summary>
public sealed record Resource
{
    /// <summary>Its name, and what the name is unique in.</summary>
    public required ResourceKey Key { get; init; }

    /// <summary>Its Amazon Resource Name, unique in the store.</summary>
    public required string Arn { get; init; }

    /// <summary>Its status, as its kind spells it; empty for kinds that have none.</summary>
    public required string Status { get; init; }

    /// <summary>When it was added, to the millisecond.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last changed (tags aside), to the millisecond.</summary>
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Grows with every change in the store, so that no two states of any name share one.</summary>
    public required long Version { get; init; }

    /// <summary>The resource this one belongs to: a tuning job, a model package group.</summary>
    public string? Parent { get; init; }

    /// <summary>The document, as its kind writes it.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }
}
