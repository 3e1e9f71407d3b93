namespace Sagebrush.State.Metrics;

/// <summary>How finely values are kept, and for how long before they are joined into the next tier.</summary>
/// <param name="Resolution">Seconds that one stored period spans.</param>
/// <param name="Keep">Seconds after which its values move on.</param>
internal readonly record struct MetricTier(int Resolution, long Keep)
{
    private const long Hour = 3600;
    private const long Day = 24 * Hour;

    /// <summary>All tiers, finest first. A value lies in one of them only.</summary>
    public static readonly MetricTier[] All = [new(1, 3 * Hour), new(60, 15 * Day), new(300, 63 * Day), new(3600, 455 * Day)];

    /// <summary>After so many seconds nothing is left.</summary>
    public static long Longest => All[^1].Keep;

    /// <summary>The resolution for a new value: coarser than wanted where finer ones are not kept any more.</summary>
    public static int ResolutionFor(bool highResolution, long age)
    {
        foreach (var tier in All.AsSpan(highResolution ? 0 : 1))
        {
            if (age <= tier.Keep)
            {
                return tier.Resolution;
            }
        }

        return All[^1].Resolution;
    }

    /// <summary>The beginning of the period that a time lies in.</summary>
    public static long Floor(long time, long period, long origin = 0) =>
        time - ((((time - origin) % period) + period) % period);
}
