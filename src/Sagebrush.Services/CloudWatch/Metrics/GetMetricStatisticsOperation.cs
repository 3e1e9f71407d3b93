using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>Reads statistics of one metric, for each unit its values have.</summary>
internal sealed class GetMetricStatisticsOperation(IMetricStore store)
    : IOperation<GetMetricStatisticsInput, GetMetricStatisticsOutput>
{
    private const int MostDatapoints = 1440;

    public async ValueTask<GetMetricStatisticsOutput> InvokeAsync(
        GetMetricStatisticsInput request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request);
        var extended = (request.ExtendedStatistics ?? []).Select(one => Statistic.Parse(one, "ExtendedStatistics")).ToList();
        var start = MetricPeriod.Floor(request.StartTime.ToUnixTimeSeconds(), Math.Min(request.Period, 60));
        var points = await store.ReadAsync(
            new MetricRead
            {
                Metric = context.Metric(request.Namespace, request.MetricName, request.Dimensions),
                Start = start,
                End = MetricPeriod.Ceiling(request.EndTime),
                Period = request.Period,

                // Unlike with GetMetricData, periods begin with the range.
                Origin = start,
                Unit = request.Unit,
                ByUnit = true,
                WithDistribution = extended.Exists(one => one.NeedsDistribution),
            },
            cancellationToken);
        return new GetMetricStatisticsOutput
        {
            Label = request.MetricName,
            Datapoints = [.. points.Select(point => Describe(point, request.Statistics ?? [], extended))],
        };
    }

    private static void Check(GetMetricStatisticsInput request)
    {
        if (request is { Statistics: not null, ExtendedStatistics: not null })
        {
            throw CloudWatchErrors.InvalidParameterCombinationException(
                "The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.");
        }

        if (request is { Statistics: null, ExtendedStatistics: null })
        {
            throw CloudWatchErrors.MissingRequiredParameterException("Must specify either Statistics or ExtendedStatistics.");
        }

        MetricPeriod.Check(request.Period, "Period");
        if (request.StartTime >= request.EndTime)
        {
            throw CloudWatchErrors.InvalidParameterValueException(
                "The parameter StartTime must be less than the parameter EndTime.");
        }

        var most = (long)Math.Ceiling((request.EndTime - request.StartTime).TotalSeconds / request.Period);
        if (most > MostDatapoints)
        {
            throw CloudWatchErrors.InvalidParameterCombinationException(
                $"You have requested up to {most} datapoints, which exceeds the limit of {MostDatapoints}. You may reduce the "
                + "datapoints requested by increasing Period, or decreasing the time range.");
        }
    }

    private static Datapoint Describe(MetricDatapoint point, List<string> statistics, List<Statistic> extended)
    {
        var described = new Datapoint { Timestamp = DateTimeOffset.FromUnixTimeSeconds(point.Time), Unit = point.Unit };
        foreach (var name in statistics)
        {
            switch (name)
            {
                case "SampleCount":
                    described.SampleCount = point.Values.SampleCount;
                    break;
                case "Average":
                    described.Average = point.Values.Average;
                    break;
                case "Sum":
                    described.Sum = point.Values.Sum;
                    break;
                case "Minimum":
                    described.Minimum = point.Values.Minimum;
                    break;
                case "Maximum":
                    described.Maximum = point.Values.Maximum;
                    break;
            }
        }

        foreach (var one in extended)
        {
            if (one.Of(point.Values) is { } value)
            {
                (described.ExtendedStatistics ??= [])[one.Name] = value;
            }
        }

        return described;
    }
}
