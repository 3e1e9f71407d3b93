using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Decides over an alarm's state by its last datapoints, some of which may be missing.</summary>
internal static class AlarmDecision
{
    /// <summary>Periods that are looked at beyond those an alarm evaluates: values that are late or missing may be behind them.</summary>
    public const int FurtherPeriods = 2;

    /// <summary>The state that follows.</summary>
    /// <param name="newestFirst">For each period, newest first, whether its value is out of bounds; null where it has none.</param>
    /// <param name="periods">How many datapoints are evaluated.</param>
    /// <param name="toAlarm">How many of them must be out of bounds.</param>
    /// <param name="missing">What a missing one counts for: <c>missing</c>, <c>ignore</c>, <c>breaching</c> or <c>notBreaching</c>.</param>
    /// <returns>One of <see cref="StateValue"/>; null to stay in the state.</returns>
    /// <remarks>
    /// With enough real datapoints the newest of them decide, and what is missing does not matter. With fewer, missing ones are
    /// filled up; where they count for nothing, the alarm goes off early when all that is there is out of bounds, for long enough.
    /// </remarks>
    public static string? Decide(IReadOnlyList<bool?> newestFirst, int periods, int toAlarm, string missing)
    {
        var real = newestFirst.Where(one => one is not null).Select(one => one!.Value).Take(periods).ToList();
        var breaching = real.Count(one => one);
        if (real.Count == periods)
        {
            return breaching >= toAlarm ? StateValue.Alarm : StateValue.Ok;
        }

        switch (missing)
        {
            case "breaching":
                return breaching + periods - real.Count >= toAlarm ? StateValue.Alarm : StateValue.Ok;
            case "notBreaching":
                return breaching >= toAlarm ? StateValue.Alarm : StateValue.Ok;
        }

        if (real.Count == 0)
        {
            return missing == "ignore" ? null : StateValue.InsufficientData;
        }

        if (breaching >= toAlarm || (missing == "missing" && IsBreachingSince(newestFirst, toAlarm)))
        {
            return StateValue.Alarm;
        }

        return missing == "ignore" && breaching == real.Count ? null : StateValue.Ok;
    }

    // All that is there is out of bounds, and the oldest of it is as old as would be enough.
    private static bool IsBreachingSince(IReadOnlyList<bool?> newestFirst, int toAlarm)
    {
        var oldest = -1;
        for (var i = 0; i < newestFirst.Count; i++)
        {
            if (newestFirst[i] == false)
            {
                return false;
            }

            oldest = newestFirst[i] is true ? i : oldest;
        }

        return oldest + 1 >= toAlarm;
    }
}
