using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.Filtering;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Logs.MetricFilters;

/// <summary>Makes metrics of events as they come in, by the filters of their group. Groups without a filter cost a look into a table.</summary>
internal sealed class MetricFilterFeed(IResourceStore store, ILogStore logs, IMetricPublisher publisher)
    : IHostedService, ILogObserver, IDisposable
{
    private const int MostFilters = 1000;

    private readonly ResourceSet<PutMetricFilterRequest> _filters = store.For(MetricFilterKinds.Filter);
    private readonly ConcurrentDictionary<LogGroupKey, MetricFilter[]> _groups = new();
    private IDisposable? _observation;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var groups = new HashSet<LogGroupKey>();
        await foreach (var heading in store.ScanAsync(MetricFilterKinds.Filter.Name, cancellationToken))
        {
            groups.Add(new LogGroupKey(heading.Key.Account, heading.Key.Region, heading.Key.Name.Split(':')[0]));
        }

        foreach (var group in groups)
        {
            await ReloadAsync(group, cancellationToken);
        }

        _observation = logs.Observe(this);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Ends the look at events.</summary>
    public void Dispose() => Interlocked.Exchange(ref _observation, null)?.Dispose();

    /// <summary>Takes up what the store says of a group's filters now.</summary>
    public async ValueTask ReloadAsync(LogGroupKey group, CancellationToken cancellationToken)
    {
        var page = await _filters.ListAsync(
            new ResourceQuery { Account = group.Account, Region = group.Region, Kind = MetricFilterKinds.Filter.Name, Parent = group.Name, PageSize = MostFilters },
            cancellationToken);
        var filters = new List<MetricFilter>();
        foreach (var stored in page.Items)
        {
            try
            {
                filters.Add(MetricFilter.Of(stored.Document));
            }
            catch (FilterPatternException)
            {
                // Was checked when it came in; a rule that became stricter since must not keep the others back.
            }
        }

        if (filters.Count == 0)
        {
            _groups.TryRemove(group, out _);
        }
        else
        {
            _groups[group] = [.. filters];
        }
    }

    public void Appended(LogStreamKey stream, IReadOnlyList<LogLine> lines)
    {
        if (!_groups.TryGetValue(stream.Group, out var filters))
        {
            return;
        }

        foreach (var filter in filters)
        {
            // Joined first: thousands of lines a second make a few samples.
            foreach (var same in filter.Read(stream.Group, lines).GroupBy(sample => (sample.Metric, Minute: sample.Time / 60)))
            {
                var values = new State.Metrics.StatisticSet();
                foreach (var sample in same)
                {
                    values.Add(sample.Values);
                }

                publisher.Publish(same.First() with { Values = values });
            }
        }
    }
}
