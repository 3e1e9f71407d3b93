using Sagebrush.Services.Hosting.Endpoints;

namespace Sagebrush.Services.Hosting.Fleets;

/// <summary>A fleet and its share of an endpoint's traffic.</summary>
/// <param name="Plan">The fleet, with the instances and weights its variants shall have.</param>
/// <param name="Share">Its share of the traffic, from 0 to 1; a fleet with a share of 0 is kept ready.</param>
internal readonly record struct FleetShare(FleetPlan Plan, double Share)
{
    /// <summary>Whether the other is the same fleet with the same instances, weights and share.</summary>
    public bool IsSame(FleetShare other) =>
        Plan.Id == other.Plan.Id && Share.Equals(other.Share)
        && Plan.Variants.Concat(Plan.Shadows).Zip(other.Plan.Variants.Concat(other.Plan.Shadows)).All(pair =>
            pair.First.InstanceCount == pair.Second.InstanceCount && pair.First.Serverless?.MaxConcurrency == pair.Second.Serverless?.MaxConcurrency
            && pair.First.Serverless?.ProvisionedConcurrency == pair.Second.Serverless?.ProvisionedConcurrency && pair.First.Weight.Equals(pair.Second.Weight));
}
