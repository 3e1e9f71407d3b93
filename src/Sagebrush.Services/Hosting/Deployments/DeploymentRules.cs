using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>What a deployment configuration must keep to beyond what the API model says.</summary>
internal sealed class DeploymentRules(IAlarmStates alarms)
{
    private const int LargestCanary = 50;
    private const int SmallestLinearStep = 10;
    private const int SmallestBatch = 5;

    /// <exception cref="ServiceException">A rule is broken; the message names the member.</exception>
    public async ValueTask CheckAsync(DeploymentConfig? config, FleetPlan plan, CallContext context, CancellationToken cancellationToken)
    {
        if (config is null)
        {
            return;
        }

        if (config.BlueGreenUpdatePolicy is not null && config.RollingUpdatePolicy is not null)
        {
            throw HostingErrors.Validation("DeploymentConfig takes either BlueGreenUpdatePolicy or RollingUpdatePolicy, not both.");
        }

        if (config.BlueGreenUpdatePolicy is { } blueGreen)
        {
            Check(blueGreen, plan);
        }

        if (config.RollingUpdatePolicy is { } rolling)
        {
            Check(rolling, plan);
        }

        foreach (var alarm in config.AutoRollbackConfiguration?.Alarms ?? [])
        {
            var name = alarm.AlarmName ?? throw HostingErrors.Validation("AutoRollbackConfiguration.Alarms: AlarmName is required.");
            if (await alarms.FindAsync(context.AccountId, context.Region, name, cancellationToken) is null)
            {
                throw HostingErrors.Validation($"AutoRollbackConfiguration.Alarms: Could not find the CloudWatch alarm \"{name}\" in region {context.Region}.");
            }
        }
    }

    private static void Check(BlueGreenUpdatePolicy policy, FleetPlan plan)
    {
        var routing = policy.TrafficRoutingConfiguration;
        Require(routing.CanarySize is not null == (routing.Type == TrafficRoutingConfigType.Canary), "CanarySize", routing.Type, TrafficRoutingConfigType.Canary);
        Require(routing.LinearStepSize is not null == (routing.Type == TrafficRoutingConfigType.Linear), "LinearStepSize", routing.Type, TrafficRoutingConfigType.Linear);
        if (routing.CanarySize is { } canary)
        {
            CheckSize(canary, "TrafficRoutingConfiguration.CanarySize", plan, 1, LargestCanary);
        }

        if (routing.LinearStepSize is { } step)
        {
            CheckSize(step, "TrafficRoutingConfiguration.LinearStepSize", plan, SmallestLinearStep, LargestCanary);
        }

        CheckTimeout(policy.MaximumExecutionTimeoutInSeconds, routing.WaitIntervalInSeconds + (policy.TerminationWaitInSeconds ?? 0),
            "WaitIntervalInSeconds and TerminationWaitInSeconds together");

        static void Require(bool holds, string member, string type, string only)
        {
            if (!holds)
            {
                throw HostingErrors.Validation($"TrafficRoutingConfiguration.{member} is required for Type {only} and goes with no other; Type is {type}.");
            }
        }
    }

    private static void Check(RollingUpdatePolicy policy, FleetPlan plan)
    {
        CheckSize(policy.MaximumBatchSize, "RollingUpdatePolicy.MaximumBatchSize", plan, SmallestBatch, LargestCanary);
        if (policy.RollbackMaximumBatchSize is { } back)
        {
            CheckSize(back, "RollingUpdatePolicy.RollbackMaximumBatchSize", plan, SmallestBatch, 100);
        }

        CheckTimeout(policy.MaximumExecutionTimeoutInSeconds, policy.WaitIntervalInSeconds, "WaitIntervalInSeconds");
    }

    private static void CheckSize(CapacitySize size, string member, FleetPlan plan, int least, int most)
    {
        if (size.Type == CapacitySizeType.CapacityPercent)
        {
            if (size.Value < least || size.Value > most)
            {
                throw HostingErrors.Validation($"{member}: {size.Value} percent is out of range; it must be {least} to {most} percent of the capacity.");
            }

            return;
        }

        // A single instance cannot be halved: there, one is the smallest size there is.
        var instances = plan.Variants.Sum(variant => variant.InstanceCount);
        var largest = Math.Max(1, instances * most / 100);
        if (size.Value > largest)
        {
            throw HostingErrors.Validation($"{member}: {size.Value} of {instances} instances is out of range; it must be at most {most} percent of the capacity, here {largest}.");
        }
    }

    private static void CheckTimeout(int? timeout, int waits, string members)
    {
        if (timeout < waits)
        {
            throw HostingErrors.Validation($"MaximumExecutionTimeoutInSeconds: {timeout} is too short; it must be at least {members} ({waits} seconds).");
        }
    }
}
