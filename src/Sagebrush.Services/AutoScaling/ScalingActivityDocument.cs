namespace Sagebrush.Services.AutoScaling;

/// <summary>What was done to a target, and what became of it.</summary>
internal sealed record ScalingActivityDocument
{
    public required string Endpoint { get; init; }

    public required string Variant { get; init; }

    public required string Dimension { get; init; }

    public required string Description { get; init; }

    public required string Cause { get; init; }

    public required DateTimeOffset Start { get; init; }

    public DateTimeOffset? End { get; init; }

    /// <summary>One of the API's <c>ScalingActivityStatusCode</c>.</summary>
    public required string Status { get; init; }

    public string? Message { get; init; }

    public ScalableResource Resource => new(Endpoint, Variant, Dimension);
}
