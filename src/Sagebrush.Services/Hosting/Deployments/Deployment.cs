using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>How far an endpoint's update has come. Its steps follow from the two fleets and the policy, so a number says where it is.</summary>
internal sealed record Deployment
{
    /// <summary>The policy; null for all at once, without waits.</summary>
    public DeploymentConfig? Config { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The step it is at; while it rolls back, of the way back.</summary>
    public int Step { get; init; }

    /// <summary>When that step took effect; null while it is being brought about.</summary>
    public DateTimeOffset? Applied { get; init; }

    /// <summary>Why it rolls back; null while it goes forward.</summary>
    public string? RollbackReason { get; init; }

    /// <summary>The step of the way forward it had come to when it turned.</summary>
    public int TurnedAt { get; init; }

    /// <summary>The next step.</summary>
    public Deployment Next() => this with { Step = Step + 1, Applied = null };

    /// <summary>The first step of the way back.</summary>
    public Deployment Turn(string reason) => this with { RollbackReason = reason, TurnedAt = Step, Step = 0, Applied = null };
}
