using Sagebrush.Contracts.ApplicationAutoScaling;

namespace Sagebrush.Services.AutoScaling;

/// <summary>Decides by how far a metric is beyond an alarm's threshold.</summary>
internal static class StepScaling
{
    /// <summary>What a policy wants while an alarm is on; the present capacity when none of its steps fits.</summary>
    public static int Desired(StepScalingPolicyConfiguration config, int capacity, FiringAlarm alarm)
    {
        var breach = alarm.Value - alarm.Threshold;
        var step = (config.StepAdjustments ?? []).Find(step => Contains(step, breach));
        return step is null ? capacity : Adjusted(config, capacity, step.ScalingAdjustment);
    }

    /// <summary>Whether the breach lies in a step: on the side of the threshold a bound nearer to it belongs to the step.</summary>
    private static bool Contains(StepAdjustment step, double breach)
    {
        var lower = step.MetricIntervalLowerBound ?? double.NegativeInfinity;
        var upper = step.MetricIntervalUpperBound ?? double.PositiveInfinity;
        return breach >= 0 ? lower <= breach && breach < upper : lower < breach && breach <= upper;
    }

    private static int Adjusted(StepScalingPolicyConfiguration config, int capacity, int adjustment)
    {
        switch (config.AdjustmentType)
        {
            case AdjustmentType.ExactCapacity:
                return adjustment;
            case AdjustmentType.PercentChangeInCapacity:
                var change = capacity * adjustment / 100.0;

                // Toward zero, but never to nothing.
                var whole = Math.Abs(change) is > 0 and < 1 ? Math.Sign(change) : (int)Math.Truncate(change);
                return capacity + (Math.Sign(adjustment) * Math.Max(Math.Abs(whole), config.MinAdjustmentMagnitude ?? 0));
            default:
                return capacity + adjustment;
        }
    }
}
