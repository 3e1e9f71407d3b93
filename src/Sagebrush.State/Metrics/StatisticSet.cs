namespace Sagebrush.State.Metrics;

/// <summary>What is kept of a metric's values in a span of time: their number, sum, extremes and, where it is known, distribution.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class StatisticSet
{
    /// <summary>No values.</summary>
    public StatisticSet()
    {
    }

    internal StatisticSet(double count, double sum, double minimum, double maximum, ValueDistribution? distribution)
    {
        (SampleCount, Sum, Minimum, Maximum, Distribution) = (count, sum, minimum, maximum, distribution);
    }

    /// <summary>How many values there were.</summary>
    public double SampleCount { get; private set; }

    /// <summary>Their sum.</summary>
    public double Sum { get; private set; }

    /// <summary>The smallest; infinite when there was none.</summary>
    public double Minimum { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest; minus infinity when there was none.</summary>
    public double Maximum { get; private set; } = double.NegativeInfinity;

    /// <summary>Their mean; not a number when there was none.</summary>
    public double Average => Sum / SampleCount;

    /// <summary>How they are distributed; null when some came as a sum only, or it was not asked for.</summary>
    public ValueDistribution? Distribution { get; private set; } = new();

    /// <summary>One value that occurred <paramref name="count"/> times.</summary>
    public static StatisticSet Of(double value, double count = 1)
    {
        var set = new StatisticSet();
        set.Add(value, count);
        return set;
    }

    /// <summary>Values of which only these figures are known. Equal extremes tell the distribution after all.</summary>
    public static StatisticSet OfFigures(double count, double sum, double minimum, double maximum)
    {
        var set = new StatisticSet(count, sum, minimum, maximum, null);
        if (count == 1 || minimum == maximum)
        {
            set.Distribution = new ValueDistribution();
            set.Distribution.Add(minimum, count);
        }

        return set;
    }

    /// <summary>Adds a value that occurred <paramref name="count"/> times.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="count">Not negative.</param>
    public void Add(double value, double count = 1)
    {
        if (count == 0)
        {
            return;
        }

        SampleCount += count;
        Sum += value * count;
        Minimum = Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
        Distribution?.Add(value, count);
    }

    /// <summary>Adds all that another set holds.</summary>
    public void Add(StatisticSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SampleCount += other.SampleCount;
        Sum += other.Sum;
        Minimum = Math.Min(Minimum, other.Minimum);
        Maximum = Math.Max(Maximum, other.Maximum);
        if (other.Distribution is { } distribution)
        {
            Distribution?.Add(distribution);
        }
        else
        {
            Distribution = null;
        }
    }
}
