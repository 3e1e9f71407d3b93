using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Deployments;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>An endpoint: what it shall be and what has become of it.</summary>
internal sealed record EndpointDocument
{
    /// <summary>One of the API's <c>EndpointStatus</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed, or why its last update did.</summary>
    public string? FailureReason { get; init; }

    /// <summary>What serves it, or is to serve it first.</summary>
    public required FleetPlan Fleet { get; init; }

    /// <summary>What an update in progress is to bring.</summary>
    public FleetPlan? Pending { get; init; }

    /// <summary>How far that update has come.</summary>
    public Deployment? Deployment { get; init; }

    /// <summary>The last deployment configuration it was given.</summary>
    public DeploymentConfig? LastDeployment { get; init; }

    /// <summary>Whether requests to it are answered, or will be again.</summary>
    public bool HasBeenInService() => Status is not (EndpointStatus.Creating or EndpointStatus.Failed or EndpointStatus.Deleting);
}
