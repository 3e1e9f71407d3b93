namespace Sagebrush.Services.AutoScaling;

/// <summary>A change of a target's bounds at set times.</summary>
internal sealed record ScheduledActionDocument
{
    public required string ActionName { get; init; }

    public required string Endpoint { get; init; }

    public required string Variant { get; init; }

    public required string Dimension { get; init; }

    public required string Schedule { get; init; }

    public string? Timezone { get; init; }

    public DateTimeOffset? Start { get; init; }

    public DateTimeOffset? End { get; init; }

    public int? Min { get; init; }

    public int? Max { get; init; }

    /// <summary>When it is due next; null when never again.</summary>
    public DateTimeOffset? Next { get; init; }

    public ScalableResource Resource => new(Endpoint, Variant, Dimension);
}
