using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>What CloudWatch says about periods.</summary>
internal static class MetricPeriod
{
    /// <exception cref="ServiceException">A metric cannot be read with the period.</exception>
    public static void Check(int period, string member)
    {
        if (period is not (1 or 5 or 10 or 20 or 30) && (period < 60 || period % 60 != 0))
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameter {member} must be 1, 5, 10, 20, 30, or a multiple of 60. Value was {period}.");
        }
    }

    /// <summary>The last multiple of a period that is not later than a time.</summary>
    public static long Floor(long time, long period) => time - (((time % period) + period) % period);

    /// <summary>The first whole second that is not earlier than a time, in Unix seconds.</summary>
    public static long Ceiling(DateTimeOffset time) =>
        time.ToUnixTimeSeconds() + (time.ToUnixTimeMilliseconds() % 1000 == 0 ? 0 : 1);
}
