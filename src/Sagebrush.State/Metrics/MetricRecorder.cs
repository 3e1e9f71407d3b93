namespace Sagebrush.State.Metrics;

/// <summary>Gathers the values of one metric between two flushes: counts and distribution, no matter how many values.</summary>
/// <remarks>Thread-safe. Each processor has its own part, so threads seldom meet; recording takes some tens of nanoseconds.</remarks>
public sealed class MetricRecorder : IDisposable
{
    private readonly Part[] _parts;
    private readonly Action<MetricRecorder> _ended;

    internal MetricRecorder(MetricKey metric, string unit, Action<MetricRecorder> ended)
    {
        (Metric, Unit, _ended) = (metric, unit, ended);
        _parts = new Part[Environment.ProcessorCount];
        for (var i = 0; i < _parts.Length; i++)
        {
            _parts[i] = new Part();
        }
    }

    /// <summary>The metric.</summary>
    public MetricKey Metric { get; }

    /// <summary>The unit of its values.</summary>
    public string Unit { get; }

    /// <summary>Records a value.</summary>
    /// <param name="value">A finite number.</param>
    public void Record(double value)
    {
        var part = _parts[(uint)Thread.GetCurrentProcessorId() % (uint)_parts.Length];
        lock (part.Gate)
        {
            (part.Values ??= new StatisticSet()).Add(value);
        }
    }

    /// <summary>Ends the recorder; what it holds is still written.</summary>
    public void Dispose() => _ended(this);

    /// <summary>Takes what was recorded since the last time; null when that is nothing.</summary>
    internal StatisticSet? Take()
    {
        StatisticSet? all = null;
        foreach (var part in _parts)
        {
            StatisticSet? values;
            lock (part.Gate)
            {
                (values, part.Values) = (part.Values, null);
            }

            if (all is null)
            {
                all = values;
            }
            else if (values is not null)
            {
                all.Add(values);
            }
        }

        return all;
    }

    private sealed class Part
    {
        public Lock Gate { get; } = new();

        public StatisticSet? Values { get; set; }
    }
}
