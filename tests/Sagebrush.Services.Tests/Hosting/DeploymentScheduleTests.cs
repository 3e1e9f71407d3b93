using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Deployments;
using Sagebrush.Services.Hosting.Endpoints;

namespace Sagebrush.Services.Tests.Hosting;

public sealed class DeploymentScheduleTests
{
    private readonly FleetPlan _old = Plan("old", 4);
    private readonly FleetPlan _next = Plan("next", 4);

    [Fact]
    public void Forward_NoPolicy_IsAllAtOnceWithoutWaits() =>
        Assert.Equal(["4:1.00 4:0.00", "4:0.00 4:1.00", "-:0.00 4:1.00"], Text(DeploymentSchedule.Forward(_old, _next, null)));

    [Fact]
    public void Forward_Linear_ComesToTheEndInEqualSteps() => Assert.Equal(
        ["4:1.00 4:0.00", "4:0.67 4:0.33", "4:0.34 4:0.66", "4:0.01 4:0.99", "4:0.00 4:1.00", "-:0.00 4:1.00"],
        Text(DeploymentSchedule.Forward(_old, _next, BlueGreen(TrafficRoutingConfigType.Linear, 33))));

    [Theory]
    [InlineData(10, 10)]
    [InlineData(20, 5)]
    [InlineData(50, 2)]
    public void Forward_LinearByAWholeFraction_TakesThatManySteps(int percent, int shifts) =>
        Assert.Equal(shifts + 2, DeploymentSchedule.Forward(_old, _next, BlueGreen(TrafficRoutingConfigType.Linear, percent)).Count);

    [Fact]
    public void Forward_Canary_HasOneStepBetween() => Assert.Equal(
        ["4:1.00 4:0.00", "4:0.90 4:0.10", "4:0.00 4:1.00", "-:0.00 4:1.00"],
        Text(DeploymentSchedule.Forward(_old, _next, BlueGreen(TrafficRoutingConfigType.Canary, 10))));

    [Fact]
    public void Forward_Rolling_ReplacesABatchAtATime() => Assert.Equal(
        ["3:0.75 1:0.25", "2:0.50 2:0.50", "1:0.25 3:0.75", "-:0.00 4:1.00", "-:0.00 4:1.00"],
        Text(DeploymentSchedule.Forward(_old, _next, Rolling(25))));

    [Fact]
    public void Forward_RollingToALargerFleet_NeverHasLessThanTheOldCapacity()
    {
        var steps = DeploymentSchedule.Forward(_old, Plan("next", 10), Rolling(20));
        Assert.All(steps, step => Assert.True(step.Traffic.Sum(share => share.Plan.Variants[0].InstanceCount) >= 4));
        Assert.Equal(10, steps[^1].Traffic[^1].Plan.Variants[0].InstanceCount);
    }

    [Fact]
    public void Forward_SameFleet_IsOneStep() =>
        Assert.Equal(["-:0.00 2:1.00"], Text(DeploymentSchedule.Forward(_next, Plan("next", 2), null)));

    [Fact]
    public void Back_Rolling_BringsTheOldFleetUpByBatches() => Assert.Equal(
        ["2:0.50 2:0.50", "3:0.75 1:0.25", "4:1.00 -:0.00"],
        Text(DeploymentSchedule.Back(_old, _next, Rolling(25, 25), turnedAt: 2)));

    [Fact]
    public void Back_RollingWithoutABatch_IsOneStep() =>
        Assert.Equal(["4:1.00 -:0.00"], Text(DeploymentSchedule.Back(_old, _next, Rolling(25), turnedAt: 3)));

    private static FleetPlan Plan(string id, int instances) => new()
    {
        Id = id,
        ConfigName = id,
        Variants = [new VariantPlan { Variant = new ProductionVariant { VariantName = "A" }, Containers = [], Weight = 1, InstanceCount = instances, InstanceId = "i-0" }],
    };

    private static DeploymentConfig BlueGreen(string type, int percent) => new()
    {
        BlueGreenUpdatePolicy = new BlueGreenUpdatePolicy
        {
            TrafficRoutingConfiguration = new TrafficRoutingConfig
            {
                Type = type,
                WaitIntervalInSeconds = 10,
                CanarySize = type == TrafficRoutingConfigType.Canary ? Percent(percent) : null,
                LinearStepSize = type == TrafficRoutingConfigType.Linear ? Percent(percent) : null,
            },
        },
    };

    private static DeploymentConfig Rolling(int percent, int? back = null) => new()
    {
        RollingUpdatePolicy = new RollingUpdatePolicy
        {
            MaximumBatchSize = Percent(percent), WaitIntervalInSeconds = 10, RollbackMaximumBatchSize = back is { } value ? Percent(value) : null,
        },
    };

    private static CapacitySize Percent(int value) => new() { Type = CapacitySizeType.CapacityPercent, Value = value };

    /// <summary>Each step as instances and share of the old fleet and the new; a fleet that is not there is a dash.</summary>
    private static string[] Text(IReadOnlyList<DeploymentStep> steps) => [.. steps.Select(step => string.Join(' ', ((string[])["old", "next"]).Select(id =>
        step.Traffic.FirstOrDefault(share => share.Plan.Id == id) is { Plan: not null } share
            ? FormattableString.Invariant($"{share.Plan.Variants[0].InstanceCount}:{share.Share:0.00}")
            : "-:0.00")))];
}
