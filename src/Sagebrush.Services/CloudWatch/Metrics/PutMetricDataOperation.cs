using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using StatisticSet = Sagebrush.State.Metrics.StatisticSet;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>Takes values from clients. All of a request are kept, or none.</summary>
internal sealed class PutMetricDataOperation(IMetricStore store, TimeProvider time) : IOperation<PutMetricDataInput, EmptyShape>
{
    private const int MostMetrics = 1000;
    private const int MostValues = 150;

    // 2 to the power of 360: AWS takes nothing beyond it, so sums stay finite.
    private static readonly double Largest = Math.Pow(2, 360);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(14);
    private static readonly TimeSpan Newest = TimeSpan.FromHours(2);

    public async ValueTask<EmptyShape> InvokeAsync(
        PutMetricDataInput request, CallContext context, CancellationToken cancellationToken)
    {
        var data = request.MetricData ?? [];
        var entities = request.EntityMetricData ?? [];
        if (data.Count == 0 && entities.Count == 0)
        {
            throw CloudWatchErrors.MissingRequiredParameterException("The parameter MetricData is required.");
        }

        if (data.Count + entities.Sum(one => one.MetricData?.Count ?? 0) > MostMetrics)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The collection MetricData must not have a size greater than {MostMetrics}.");
        }

        var now = time.GetUtcNow();
        var samples = new List<MetricSample>();
        Add(data, "MetricData");
        for (var i = 0; i < entities.Count; i++)
        {
            Add(entities[i].MetricData ?? [], $"EntityMetricData.member.{i + 1}.MetricData");
        }

        await store.PutAsync(samples, cancellationToken);
        return EmptyShape.Instance;

        void Add(List<MetricDatum> some, string member)
        {
            for (var i = 0; i < some.Count; i++)
            {
                samples.Add(Read(request.Namespace, some[i], context, now, $"{member}.member.{i + 1}"));
            }
        }
    }

    private static MetricSample Read(string space, MetricDatum datum, CallContext context, DateTimeOffset now, string member)
    {
        var stamp = datum.Timestamp ?? now;
        if (stamp < now - Oldest)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameter {member}.Timestamp must specify a time no more than two weeks in the past.");
        }

        if (stamp > now + Newest)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameter {member}.Timestamp must specify a time no more than two hours in the future.");
        }

        if (datum.StorageResolution is not (null or 1 or 60))
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameter {member}.StorageResolution must be 1 or 60. Value was {datum.StorageResolution}.");
        }

        var metric = context.Metric(space, datum.MetricName, datum.Dimensions, $"{member}.Dimensions");
        return new MetricSample(
            metric, stamp.ToUnixTimeSeconds(), datum.Unit ?? MetricUnits.None, Values(datum, member), datum.StorageResolution == 1);
    }

    private static StatisticSet Values(MetricDatum datum, string member)
    {
        switch (datum)
        {
            case { Value: not null, Values: not null }:
                throw Exclusive("Value", "Values");
            case { Value: not null, StatisticValues: not null }:
                throw Exclusive("Value", "StatisticValues");
            case { Values: not null, StatisticValues: not null }:
                throw Exclusive("Values", "StatisticValues");
            case { Values: null, Counts: not null }:
                throw CloudWatchErrors.MissingRequiredParameterException(
                    $"The parameter {member}.Values is required when {member}.Counts is given.");
            case { Value: { } value }:
                Check(value, $"{member}.Value");
                return StatisticSet.Of(value);
            case { StatisticValues: { } figures }:
                return Figures(figures, $"{member}.StatisticValues");
            case { Values: { Count: > 0 } values }:
                return Counted(values, datum.Counts, member);
            default:
                throw CloudWatchErrors.MissingRequiredParameterException(
                    $"At least one of the parameters {member}.Value, {member}.Values and {member}.StatisticValues must be specified.");
        }

        ServiceException Exclusive(string one, string other) => CloudWatchErrors.InvalidParameterCombinationException(
            $"The parameters {member}.{one} and {member}.{other} are mutually exclusive and you have specified both.");
    }

    private static StatisticSet Figures(Contracts.CloudWatch.StatisticSet figures, string member)
    {
        Check(figures.SampleCount, $"{member}.SampleCount");
        Check(figures.Sum, $"{member}.Sum");
        Check(figures.Minimum, $"{member}.Minimum");
        Check(figures.Maximum, $"{member}.Maximum");
        if (figures.SampleCount <= 0)
        {
            throw CloudWatchErrors.InvalidParameterValueException($"The parameter {member}.SampleCount must be greater than 0.");
        }

        return figures.Minimum <= figures.Maximum
            ? StatisticSet.OfFigures(figures.SampleCount, figures.Sum, figures.Minimum, figures.Maximum)
            : throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameter {member}.Maximum must not be less than {member}.Minimum.");
    }

    private static StatisticSet Counted(List<double> values, List<double>? counts, string member)
    {
        if (values.Count > MostValues)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The collection {member}.Values must not have a size greater than {MostValues}.");
        }

        if (counts is not null && counts.Count != values.Count)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The parameters {member}.Values and {member}.Counts must be of the same size.");
        }

        var all = new StatisticSet();
        for (var i = 0; i < values.Count; i++)
        {
            Check(values[i], $"{member}.Values.member.{i + 1}");
            var count = counts?[i] ?? 1;
            Check(count, $"{member}.Counts.member.{i + 1}");
            if (count <= 0)
            {
                throw CloudWatchErrors.InvalidParameterValueException(
                    $"The parameter {member}.Counts.member.{i + 1} must be greater than 0.");
            }

            all.Add(values[i], count);
        }

        return all;
    }

    private static void Check(double value, string member)
    {
        if (!double.IsFinite(value))
        {
            throw CloudWatchErrors.InvalidParameterValueException($"The value {value} for parameter {member} is invalid.");
        }

        if (Math.Abs(value) > Largest)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                $"The value {value:R} for parameter {member} is out of range: it must lie between -2^360 and 2^360.");
        }
    }
}
