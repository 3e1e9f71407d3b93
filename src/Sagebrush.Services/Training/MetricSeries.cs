using System.Collections.Concurrent;
using Sagebrush.State.Logs;

namespace Sagebrush.Services.Training;

/// <summary>All values a job has printed of one metric, in order, read from its log; what was read before is not read again.</summary>
internal sealed class MetricSeries(ILogStore logs)
{
    private const int MostJobs = 10_000;

    private readonly ConcurrentDictionary<string, Reading> _readings = new(StringComparer.Ordinal);

    /// <summary>The values so far. One caller at a time may ask for the same job.</summary>
    /// <param name="account">Whose job it is.</param>
    /// <param name="region">Where it is.</param>
    /// <param name="document">The job.</param>
    /// <param name="metric">The metric's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<IReadOnlyList<double>> ReadAsync(
        string account, string region, TrainingJobDocument document, string metric, CancellationToken cancellationToken)
    {
        if (document.LogStarted == 0)
        {
            return [];
        }

        if (_readings.Count > MostJobs)
        {
            _readings.Clear();
        }

        var definitions = (document.Job.AlgorithmSpecification?.MetricDefinitions ?? []).FindAll(definition => definition.Name == metric);
        var reading = _readings.GetOrAdd($"{document.Id} {metric}", static _ => new Reading());
        var reader = new MetricReader(definitions);
        var host = TrainingCluster.Of(document.Job.ResourceConfig!).Hosts[0];
        var stream = new LogGroupKey(account, region, TrainingHost.LogGroup).Stream($"{document.Job.TrainingJobName}/{host}-{document.LogStarted}");
        while (await logs.ReadAsync(stream, new LogRead { After = reading.Last, FromHead = true }, cancellationToken) is { Count: > 0 } events)
        {
            foreach (var entry in events)
            {
                reading.Values.AddRange(reader.Read(entry.Message).Select(found => found.Value));
            }

            reading.Last = events[^1].Position;
        }

        return reading.Values;
    }

    private sealed class Reading
    {
        public LogPosition? Last { get; set; }

        public List<double> Values { get; } = [];
    }
}
