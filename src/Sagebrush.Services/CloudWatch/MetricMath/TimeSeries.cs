namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>Values over time.</summary>
/// <param name="Label">What it is called in answers and pictures.</param>
/// <param name="Period">Seconds between two values.</param>
/// <param name="Times">When each value's period begins, in Unix seconds, ascending.</param>
/// <param name="Values">The values, as many.</param>
internal sealed record TimeSeries(string Label, int Period, long[] Times, double[] Values)
{
    /// <summary>Without values.</summary>
    public static TimeSeries Empty(string label, int period) => new(label, period, [], []);

    /// <summary>Each value changed; those that do not come out finite are left out.</summary>
    public TimeSeries Map(Func<double, double> change) => From(Label, Period, Times.Zip(Values, (time, value) => (time, change(value))));

    /// <summary>The values at times that both have, put together.</summary>
    public TimeSeries Join(TimeSeries other, Func<double, double, double> join)
    {
        var points = new List<(long, double)>();
        for (int i = 0, k = 0; i < Times.Length && k < other.Times.Length;)
        {
            if (Times[i] == other.Times[k])
            {
                points.Add((Times[i], join(Values[i++], other.Values[k++])));
            }
            else if (Times[i] < other.Times[k])
            {
                i++;
            }
            else
            {
                k++;
            }
        }

        return From(Label, Math.Max(Period, other.Period), points);
    }

    /// <summary>The value at a time, if there is one.</summary>
    public double? At(long time) => Array.BinarySearch(Times, time) is >= 0 and var index ? Values[index] : null;

    /// <summary>A series of points in the order of time; those that are not finite are left out.</summary>
    public static TimeSeries From(string label, int period, IEnumerable<(long Time, double Value)> points)
    {
        var (times, values) = (new List<long>(), new List<double>());
        foreach (var (time, value) in points)
        {
            if (double.IsFinite(value))
            {
                times.Add(time);
                values.Add(value);
            }
        }

        return new TimeSeries(label, period, [.. times], [.. values]);
    }
}
