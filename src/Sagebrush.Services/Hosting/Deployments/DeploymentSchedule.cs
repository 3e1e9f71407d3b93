using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;

namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>The steps from one fleet to another, and back: a function of the two fleets and the policy alone.</summary>
internal static class DeploymentSchedule
{
    /// <summary>The steps of an endpoint's update, in the direction it goes now.</summary>
    public static IReadOnlyList<DeploymentStep> Of(EndpointDocument endpoint)
    {
        var deployment = endpoint.Deployment!;
        return deployment.RollbackReason is null
            ? Forward(endpoint.Fleet, endpoint.Pending!, deployment.Config)
            : Back(endpoint.Fleet, endpoint.Pending!, deployment.Config, deployment.TurnedAt);
    }

    /// <summary>From the fleet in service to the new one, which is alone at the end.</summary>
    public static IReadOnlyList<DeploymentStep> Forward(FleetPlan old, FleetPlan next, DeploymentConfig? config) => (old.Id == next.Id, config) switch
    {
        (true, _) => [Alone(next)],
        (_, { RollingUpdatePolicy: { } rolling }) => [.. Rolling(old, next, rolling), Alone(next)],
        _ => BlueGreen(old, next, config?.BlueGreenUpdatePolicy),
    };

    /// <summary>Back to the old fleet, which is alone at the end.</summary>
    /// <param name="old">The fleet that was in service.</param>
    /// <param name="next">The fleet that was to replace it.</param>
    /// <param name="config">The policy.</param>
    /// <param name="turnedAt">The step of the way forward that was not completed.</param>
    public static IReadOnlyList<DeploymentStep> Back(FleetPlan old, FleetPlan next, DeploymentConfig? config, int turnedAt)
    {
        if (old.Id == next.Id || config?.RollingUpdatePolicy is not { } rolling)
        {
            return [Alone(old)];
        }

        // All at once, unless the policy bounds the batch.
        var steps = new List<DeploymentStep>();
        if (rolling.RollbackMaximumBatchSize is { } batch)
        {
            var forward = Rolling(old, next, rolling).ToList();
            var reached = turnedAt < forward.Count ? forward[turnedAt].Traffic : [new FleetShare(next, 1)];
            var from = reached.FirstOrDefault(share => share.Plan.Id == old.Id).Plan ?? Sized(old, _ => 0);
            for (var step = 1; ; step++)
            {
                var back = Sized(old, variant => Math.Min(variant.InstanceCount, from.Find(variant.Name).InstanceCount + (step * Batch(batch, variant.InstanceCount))));
                if (Total(back) == Total(old))
                {
                    break;
                }

                var left = Math.Max(1, Total(next) * (Total(old) - Total(back)) / Total(old));
                steps.Add(Mixed(back, Sized(next, variant => Math.Min(variant.InstanceCount, Math.Max(1, left * variant.InstanceCount / Total(next)))), TimeSpan.Zero));
            }
        }

        return [.. steps, Alone(old)];
    }

    private static IReadOnlyList<DeploymentStep> BlueGreen(FleetPlan old, FleetPlan next, BlueGreenUpdatePolicy? policy)
    {
        var routing = policy?.TrafficRoutingConfiguration;
        var wait = TimeSpan.FromSeconds(routing?.WaitIntervalInSeconds ?? 0);
        var steps = new List<DeploymentStep> { new([new(old, 1), new(next, 0)], TimeSpan.Zero, VariantStatus.Creating) };
        var size = routing?.Type switch
        {
            TrafficRoutingConfigType.Canary => routing.CanarySize,
            TrafficRoutingConfigType.Linear => routing.LinearStepSize,
            _ => null,
        };
        var portion = size is null ? 1 : Portion(size, Total(next));
        var most = routing?.Type == TrafficRoutingConfigType.Linear ? int.MaxValue : 1;

        // A portion that is a whole fraction must not leave a crumb for one more step.
        for (var i = 1; i <= most && i * portion < 1 - 1e-9; i++)
        {
            steps.Add(new([new(old, 1 - (i * portion)), new(next, i * portion)], wait, VariantStatus.Baking));
        }

        steps.Add(new([new(old, 0), new(next, 1)], wait, VariantStatus.Baking));
        if (policy?.TerminationWaitInSeconds is { } termination and > 0)
        {
            steps.Add(new([new(old, 0), new(next, 1)], TimeSpan.FromSeconds(termination), VariantStatus.Baking));
        }

        return [.. steps, Alone(next)];
    }

    private static IEnumerable<DeploymentStep> Rolling(FleetPlan old, FleetPlan next, RollingUpdatePolicy policy)
    {
        var wait = TimeSpan.FromSeconds(policy.WaitIntervalInSeconds);
        for (var step = 1; ; step++)
        {
            var grown = Sized(next, variant => Math.Min(variant.InstanceCount, step * Batch(policy.MaximumBatchSize, variant.InstanceCount)));
            if (Total(grown) == Total(next))
            {
                yield return new([new(next, 1)], wait, VariantStatus.Baking);
                yield break;
            }

            // The old fleet goes down as the new one comes up; where it is smaller, it keeps an instance until the end.
            var done = (double)Total(grown) / Total(next);
            var shrunk = Sized(old, variant => Math.Max(1, (int)Math.Ceiling(variant.InstanceCount * (1 - done))));
            yield return Mixed(shrunk, grown, wait);
        }
    }

    private static DeploymentStep Alone(FleetPlan plan) => new([new(plan, 1)], TimeSpan.Zero, VariantStatus.ActivatingTraffic);

    /// <summary>Two fleets that share the traffic as they share the instances.</summary>
    private static DeploymentStep Mixed(FleetPlan old, FleetPlan next, TimeSpan wait)
    {
        var share = (double)Total(next) / (Total(old) + Total(next));
        return new([new(old, 1 - share), new(next, share)], wait, VariantStatus.Baking);
    }

    private static FleetPlan Sized(FleetPlan plan, Func<VariantPlan, int> count) =>
        plan with { Variants = [.. plan.Variants.Select(variant => variant with { InstanceCount = Math.Min(variant.InstanceCount, count(variant)) })] };

    private static int Total(FleetPlan plan) => plan.Variants.Sum(variant => variant.InstanceCount);

    private static int Batch(CapacitySize size, int instances) =>
        Math.Max(1, size.Type == CapacitySizeType.InstanceCount ? size.Value : (int)(size.Value / 100.0 * instances));

    private static double Portion(CapacitySize size, int instances) =>
        Math.Min(1, size.Type == CapacitySizeType.InstanceCount ? (double)size.Value / Math.Max(1, instances) : size.Value / 100.0);
}
