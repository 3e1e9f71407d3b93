using Sagebrush.Contracts.ApplicationAutoScaling;

namespace Sagebrush.Services.AutoScaling;

/// <summary>A scalable target: between what bounds something may be scaled, and what is being done to it.</summary>
internal sealed record ScalableTargetDocument
{
    public required string Endpoint { get; init; }

    public required string Variant { get; init; }

    public required string Dimension { get; init; }

    public required int Min { get; init; }

    public required int Max { get; init; }

    public required string RoleArn { get; init; }

    public SuspendedState? Suspended { get; init; }

    /// <summary>When it was last scaled out, for cooldowns.</summary>
    public DateTimeOffset? LastScaleOut { get; init; }

    /// <summary>When it was last scaled in.</summary>
    public DateTimeOffset? LastScaleIn { get; init; }

    /// <summary>The scaling that is on its way.</summary>
    public ScalingInProgress? InProgress { get; init; }

    public ScalableResource Resource => new(Endpoint, Variant, Dimension);
}
