using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.MetricMath;
using Sagebrush.Services.CloudWatch.Metrics;
using Sagebrush.State.Metrics;
using Sagebrush.Wire.Dispatch;
using Statistic = Sagebrush.Services.CloudWatch.Metrics.Statistic;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>What an alarm's definition must fulfil beyond the model.</summary>
internal static class AlarmRules
{
    private const int Day = 86_400;
    private const int Hour = 3600;
    private const int MostQueries = 20;

    /// <exception cref="ServiceException">The definition is refused.</exception>
    public static void Check(PutMetricAlarmInput alarm, CallContext context, IMetricStore store)
    {
        if (alarm.EvaluationCriteria is not null)
        {
            throw Refuse("Alarms over PromQL are not available here: leave EvaluationCriteria out.");
        }

        if (alarm.ThresholdMetricId is not null || alarm.ComparisonOperator is ComparisonOperator.LessThanLowerOrGreaterThanUpperThreshold
            or ComparisonOperator.LessThanLowerThreshold or ComparisonOperator.GreaterThanUpperThreshold)
        {
            throw Refuse("Anomaly detection is not available here: give a Threshold and one of the comparison operators for it.");
        }

        Demand(alarm.ComparisonOperator is not null, "ComparisonOperator");
        Demand(alarm.EvaluationPeriods is not null, "EvaluationPeriods");
        Demand(alarm.Threshold is not null, "Threshold");
        if (!double.IsFinite(alarm.Threshold!.Value))
        {
            throw Refuse("The parameter Threshold must be a finite number.");
        }

        if (alarm.DatapointsToAlarm > alarm.EvaluationPeriods)
        {
            throw Refuse("The parameter DatapointsToAlarm must be less than or equal to the parameter EvaluationPeriods.");
        }

        if (alarm.TreatMissingData is not (null or "missing" or "ignore" or "breaching" or "notBreaching"))
        {
            throw Refuse($"Unsupported value {alarm.TreatMissingData} for TreatMissingData: it must be one of breaching, notBreaching, ignore and missing.");
        }

        if (alarm.EvaluateLowSampleCountPercentile is not (null or "evaluate" or "ignore"))
        {
            throw Refuse($"Option {alarm.EvaluateLowSampleCountPercentile} is not supported for EvaluateLowSampleCountPercentile: it must be evaluate or ignore.");
        }

        if (alarm.Metrics is { } queries)
        {
            CheckQueries(alarm, queries, context, store);
        }
        else
        {
            CheckMetric(alarm, context);
        }

        var period = MetricAlarmEvaluator.PeriodOf(alarm);
        var longest = period >= Hour ? 7 * Day : Day;
        if ((long)period * alarm.EvaluationPeriods!.Value > longest)
        {
            throw Refuse($"Metrics cannot be checked across more than {(longest == Day ? "a day" : "seven days")} (EvaluationPeriods * Period must be <= {longest}).");
        }
    }

    /// <exception cref="ServiceException">The rule cannot be read, or looks at its own alarm.</exception>
    public static void Check(PutCompositeAlarmInput alarm)
    {
        AlarmRule rule;
        try
        {
            rule = AlarmRule.Parse(alarm.AlarmRule);
        }
        catch (FormatException exception)
        {
            throw Refuse($"AlarmRule must be a valid expression: {exception.Message}.");
        }

        if (rule.Alarms().Contains(alarm.AlarmName))
        {
            throw Refuse("AlarmRule must not contain a reference to the alarm itself.");
        }

        if (alarm.ActionsSuppressor is null != (alarm.ActionsSuppressorWaitPeriod is null && alarm.ActionsSuppressorExtensionPeriod is null))
        {
            throw Refuse("ActionsSuppressor needs ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod, and they need it.");
        }

        if (alarm.ActionsSuppressorWaitPeriod < 0 || alarm.ActionsSuppressorExtensionPeriod < 0)
        {
            throw Refuse("The periods of an ActionsSuppressor must not be negative.");
        }
    }

    /// <exception cref="ServiceException">An action is no ARN.</exception>
    public static void CheckActions(params ReadOnlySpan<List<string>?> actions)
    {
        foreach (var list in actions)
        {
            if (list?.Find(arn => arn.Split(':') is not ["arn", _, _, ..] parts || parts.Length < 6) is { } wrong)
            {
                throw Refuse($"Invalid arn syntax: {wrong}");
            }
        }
    }

    private static void CheckMetric(PutMetricAlarmInput alarm, CallContext context)
    {
        Demand(alarm.MetricName is not null, "MetricName");
        Demand(alarm.Namespace is not null, "Namespace");
        Demand(alarm.Period is not null, "Period");
        if (alarm.Statistic is null == alarm.ExtendedStatistic is null)
        {
            throw Refuse("Exactly one of the parameters Statistic and ExtendedStatistic must be specified.");
        }

        MetricPeriod.Check(alarm.Period!.Value, "Period");
        if (alarm.Period.Value is 1 or 5)
        {
            throw Refuse("The parameter Period of an alarm must be 10, 20, 30, or a multiple of 60.");
        }

        if (alarm.ExtendedStatistic is { } extended)
        {
            Statistic.Parse(extended, "ExtendedStatistic");
        }

        _ = context.Metric(alarm.Namespace!, alarm.MetricName!, alarm.Dimensions);
    }

    private static void CheckQueries(PutMetricAlarmInput alarm, List<MetricDataQuery> queries, CallContext context, IMetricStore store)
    {
        if (alarm is not { MetricName: null, Namespace: null, Dimensions: null or [], Period: null, Statistic: null, ExtendedStatistic: null, Unit: null })
        {
            throw Refuse("The parameter Metrics and the parameters of a single metric (MetricName, Namespace, Dimensions, Period, Unit, Statistic, ExtendedStatistic) are mutually exclusive.");
        }

        if (queries.Count is 0 or > MostQueries || queries.Count(query => query.ReturnData is not false) != 1)
        {
            throw Refuse($"The parameter Metrics must have between 1 and {MostQueries} queries, exactly one of which returns data.");
        }

        _ = new MetricQueries(store, context.AccountId, context.Region, queries, "Metrics");
        if (queries.Select(query => query.MetricStat?.Period).OfType<int>().Distinct().Count() > 1)
        {
            throw Refuse("All metrics of an alarm must have the same period.");
        }
    }

    private static void Demand(bool given, string member)
    {
        if (!given)
        {
            throw Refuse($"The parameter {member} is required.");
        }
    }

    public static ServiceException Refuse(string message) => new("ValidationError", message);
}
