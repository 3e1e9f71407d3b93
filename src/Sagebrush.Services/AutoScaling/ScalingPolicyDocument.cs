using Sagebrush.Contracts.ApplicationAutoScaling;

namespace Sagebrush.Services.AutoScaling;

/// <summary>A scaling policy: of target tracking or of steps.</summary>
internal sealed record ScalingPolicyDocument
{
    public required string PolicyName { get; init; }

    public required string Endpoint { get; init; }

    public required string Variant { get; init; }

    public required string Dimension { get; init; }

    public TargetTrackingScalingPolicyConfiguration? TargetTracking { get; init; }

    public StepScalingPolicyConfiguration? Steps { get; init; }

    /// <summary>The alarms that target tracking made for itself.</summary>
    public IReadOnlyList<string> Alarms { get; init; } = [];

    public ScalableResource Resource => new(Endpoint, Variant, Dimension);

    public string Type => TargetTracking is not null ? PolicyType.TargetTrackingScaling : PolicyType.StepScaling;
}
