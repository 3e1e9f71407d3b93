using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Services.AutoScaling;

namespace Sagebrush.Services.Tests.AutoScaling;

public sealed class ScalingDecisionTests
{
    private static readonly TargetTrackingScalingPolicyConfiguration Tracking = new() { TargetValue = 70 };

    [Theory]
    [InlineData(1, 140, 2)]
    [InlineData(2, 100, 3)]
    [InlineData(4, 350, 20)]
    [InlineData(0, 5, 0)]
    [InlineData(0, 80, 2)]
    [InlineData(3, 70, 3)]
    public void TargetTracking_ThreePeriodsAbove_AsksForTheCapacityThatMeetsTheTarget(int capacity, double value, int desired) =>
        Assert.Equal(desired, TargetTracking.Desired(Tracking, capacity, [value, value, value]));

    [Fact]
    public void TargetTracking_OnePeriodNotAbove_Waits()
    {
        Assert.Equal(2, TargetTracking.Desired(Tracking, 2, [300, 60, 300]));
        Assert.Equal(2, TargetTracking.Desired(Tracking, 2, [300, null, 300]));
    }

    [Theory]
    [InlineData(10, 7, 1)]
    [InlineData(10, 35, 5)]
    [InlineData(2, 0, 0)]
    [InlineData(4, 64, 4)]
    public void TargetTracking_FifteenPeriodsBelow_ScalesIn(int capacity, double value, int desired) =>
        Assert.Equal(desired, TargetTracking.Desired(Tracking, capacity, [.. Enumerable.Repeat<double?>(value, 15)]));

    [Fact]
    public void TargetTracking_FewerPeriodsOrScaleInDisabled_StaysAsItIs()
    {
        Assert.Equal(4, TargetTracking.Desired(Tracking, 4, [.. Enumerable.Repeat<double?>(1, 14)]));
        Assert.Equal(4, TargetTracking.Desired(
            new TargetTrackingScalingPolicyConfiguration { TargetValue = 70, DisableScaleIn = true }, 4, [.. Enumerable.Repeat<double?>(1, 15)]));
    }

    // Bounds and rounding as the user guide of step scaling tells them.
    [Theory]
    [InlineData("ChangeInCapacity", 55, 10, 11)]
    [InlineData("ChangeInCapacity", 60, 10, 12)]
    [InlineData("ChangeInCapacity", 49, 10, 10)]
    [InlineData("ExactCapacity", 60, 10, 2)]
    [InlineData("PercentChangeInCapacity", 60, 10, 11)]
    public void StepScaling_Breach_PicksItsStep(string type, double value, int capacity, int desired) => Assert.Equal(desired, StepScaling.Desired(
        new StepScalingPolicyConfiguration
        {
            AdjustmentType = type,
            StepAdjustments =
            [
                new StepAdjustment { MetricIntervalLowerBound = 0, MetricIntervalUpperBound = 10, ScalingAdjustment = 1 },
                new StepAdjustment { MetricIntervalLowerBound = 10, ScalingAdjustment = 2 },
            ],
        },
        capacity,
        new FiringAlarm("high", 50, value)));

    [Theory]
    [InlineData(-30, null, 10, 7)]
    [InlineData(-3, null, 10, 9)]
    [InlineData(-17, null, 10, 9)]
    [InlineData(25, 4, 10, 14)]
    public void StepScaling_Percent_IsRoundedTowardZeroButNeverToNothing(int adjustment, int? magnitude, int capacity, int desired) =>
        Assert.Equal(desired, StepScaling.Desired(
            new StepScalingPolicyConfiguration
            {
                AdjustmentType = AdjustmentType.PercentChangeInCapacity,
                MinAdjustmentMagnitude = magnitude,
                StepAdjustments = [new StepAdjustment { ScalingAdjustment = adjustment }],
            },
            capacity,
            new FiringAlarm("any", 50, 50)));
}
