using System.Collections.Concurrent;
using Sagebrush.Services.AutoScaling;

namespace Sagebrush.Services.Tests.AutoScaling;

/// <summary>Metrics and alarms a test sets: a metric has one value in all periods.</summary>
internal sealed class MetricBoard : IScalingMetrics, IScalingAlarms
{
    private readonly ConcurrentDictionary<string, double?> _values = new();
    private readonly ConcurrentDictionary<string, TrackingAlarm> _alarms = new();

    /// <summary>The value of an endpoint's metric; null for none.</summary>
    public double? this[string endpoint, string metric]
    {
        set => _values[$"{endpoint}/{metric}"] = value;
    }

    /// <summary>The alarm that is on, if any.</summary>
    public FiringAlarm? Firing { get; set; }

    public IEnumerable<TrackingAlarm> Alarms => _alarms.Values;

    public ValueTask<IReadOnlyList<double?>> ReadAsync(
        string account, string region, ScalingMetric metric, DateTimeOffset end, int periods, CancellationToken cancellationToken)
    {
        var endpoint = metric.Dimensions.First(dimension => dimension.Name == "EndpointName").Value;
        return ValueTask.FromResult<IReadOnlyList<double?>>([.. Enumerable.Repeat(_values.GetValueOrDefault($"{endpoint}/{metric.Name}"), periods)]);
    }

    public ValueTask<IReadOnlyList<FiringAlarm>> FiringAsync(string account, string region, string policyArn, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<FiringAlarm>>(Firing is { } firing ? [firing] : []);

    public ValueTask<string?> PutAsync(string account, string region, TrackingAlarm alarm, CancellationToken cancellationToken)
    {
        _alarms[alarm.Name] = alarm;
        return ValueTask.FromResult<string?>($"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm.Name}");
    }

    public ValueTask DeleteAsync(string account, string region, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            _alarms.TryRemove(name, out _);
        }

        return ValueTask.CompletedTask;
    }
}
