using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Endpoints;

/// <summary>What other capabilities see of an endpoint.</summary>
/// <param name="Status">One of <c>EndpointStatus</c>.</param>
/// <param name="FailureReason">Why it, or its last change, failed.</param>
/// <param name="ConfigName">The configuration it serves.</param>
/// <param name="Variants">Its production variants, with the instances and weights they have now.</param>
internal sealed record EndpointState(string Status, string? FailureReason, string ConfigName, IReadOnlyList<ProductionVariant> Variants)
{
    /// <summary>Whether it is neither being made nor changed nor deleted.</summary>
    public bool IsSettled => Status is EndpointStatus.InService or EndpointStatus.Failed or EndpointStatus.UpdateRollbackFailed;
}
