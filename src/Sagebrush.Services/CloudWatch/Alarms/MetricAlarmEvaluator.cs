using System.Globalization;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.MetricMath;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;
using Statistic = Sagebrush.Services.CloudWatch.Metrics.Statistic;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Reads what a metric alarm watches, and says which state follows.</summary>
internal sealed class MetricAlarmEvaluator(IMetricStore store)
{
    /// <summary>Seconds after the end of a period until its values are written and it is looked at.</summary>
    public const int Settling = 6;

    /// <summary>The period an alarm looks at, in seconds.</summary>
    public static int PeriodOf(PutMetricAlarmInput alarm) => alarm.Period
        ?? alarm.Metrics!.Select(query => query.MetricStat?.Period ?? query.Period ?? 0).DefaultIfEmpty(60).Max() switch { 0 => 60, var period => period };

    /// <summary>Evaluates an alarm.</summary>
    /// <returns>The new state with its reason; null to stay in the state.</returns>
    public async ValueTask<(string State, string Reason, string Data)?> EvaluateAsync(
        ResourceKey key, PutMetricAlarmInput alarm, string state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var period = PeriodOf(alarm);
        var end = MetricPeriod.Floor(now.ToUnixTimeSeconds() - Settling, period);
        var count = alarm.EvaluationPeriods!.Value + AlarmDecision.FurtherPeriods;
        var start = end - ((long)count * period);
        var points = await ReadAsync(key, alarm, period, start, end, cancellationToken);
        var newestFirst = Enumerable.Range(1, count)
            .Select(i => points.TryGetValue(end - ((long)i * period), out var point) ? IsBreaching(alarm, point.Value) : (bool?)null)
            .ToList();
        var evaluated = points.Values.OrderByDescending(point => point.Time).Take(alarm.EvaluationPeriods.Value).ToList();
        if (alarm.EvaluateLowSampleCountPercentile == "ignore" && evaluated.Exists(point => IsLow(alarm.ExtendedStatistic, point.SampleCount)))
        {
            return null;
        }

        var toAlarm = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods.Value;
        var next = AlarmDecision.Decide(newestFirst, alarm.EvaluationPeriods.Value, toAlarm, alarm.TreatMissingData ?? "missing");
        return next is null || next == state
            ? null
            : (next, AlarmReason.Text(alarm, state, next, evaluated, toAlarm), AlarmReason.Data(alarm, period, now, start, evaluated));
    }

    private async ValueTask<Dictionary<long, AlarmPoint>> ReadAsync(
        ResourceKey key, PutMetricAlarmInput alarm, int period, long start, long end, CancellationToken cancellationToken)
    {
        if (alarm.Metrics is { } queries)
        {
            var results = await new MetricQueries(store, key.Account, key.Region, queries, "Metrics").RunAsync(start, end, cancellationToken);
            var series = results.Count > 0 ? results[0].Series : TimeSeries.Empty("", period);
            return series.Times.Zip(series.Values).ToDictionary(point => point.First, point => new AlarmPoint(point.First, point.Second, null));
        }

        var statistic = Statistic.Parse(alarm.Statistic ?? alarm.ExtendedStatistic!, "Statistic");
        var points = await store.ReadAsync(
            new MetricRead
            {
                Metric = MetricNames.Metric(key.Account, key.Region, alarm.Namespace!, alarm.MetricName!, alarm.Dimensions),
                Start = start,
                End = end,
                Period = period,
                Unit = alarm.Unit,
                WithDistribution = statistic.NeedsDistribution,
            },
            cancellationToken);
        return points
            .Select(point => (point.Time, Value: statistic.Of(point.Values), point.Values.SampleCount))
            .Where(point => point.Value is not null)
            .ToDictionary(point => point.Time, point => new AlarmPoint(point.Time, point.Value!.Value, point.SampleCount));
    }

    private static bool IsBreaching(PutMetricAlarmInput alarm, double value) => alarm.ComparisonOperator switch
    {
        ComparisonOperator.GreaterThanOrEqualToThreshold => value >= alarm.Threshold,
        ComparisonOperator.GreaterThanThreshold => value > alarm.Threshold,
        ComparisonOperator.LessThanThreshold => value < alarm.Threshold,
        _ => value <= alarm.Threshold,
    };

    // With fewer values than this, a percentile so far out says little: AWS asks for ten beyond it.
    private static bool IsLow(string? statistic, double? samples) =>
        statistic is ['p', .. var text] && samples is { } count
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var percentile)
        && count < 10 / (percentile >= 50 ? 1 - (percentile / 100) : percentile / 100);
}
