using Sagebrush.Services.Hosting.Fleets;

namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>A step of a deployment.</summary>
/// <param name="Traffic">The fleets there are, with their instances and shares of the traffic.</param>
/// <param name="Wait">How long to stay there once it has taken effect.</param>
/// <param name="Phase">What the API calls it: one of <c>VariantStatus</c>.</param>
internal sealed record DeploymentStep(IReadOnlyList<FleetShare> Traffic, TimeSpan Wait, string Phase);
