using System.Globalization;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.Filtering;
using Sagebrush.State.Logs;
using Sagebrush.State.Metrics;

namespace Sagebrush.Services.Logs.MetricFilters;

/// <summary>A metric filter, ready to look at messages. Safe for concurrent use.</summary>
internal sealed class MetricFilter
{
    private const int MostDimensions = 3;

    private readonly IMessagePattern _pattern;
    private readonly MetricTransformation _transformation;
    private readonly Func<string, string?>? _value;
    private readonly double _constant;
    private readonly List<(string Name, Func<string, string?> Value)> _dimensions = [];

    private MetricFilter(IMessagePattern pattern, MetricTransformation transformation)
    {
        (_pattern, _transformation) = (pattern, transformation);
        if (!double.TryParse(transformation.MetricValue, NumberStyles.Float, CultureInfo.InvariantCulture, out _constant) || !double.IsFinite(_constant))
        {
            _value = pattern.Reference(transformation.MetricValue)
                ?? throw new FilterPatternException($"The metric value {transformation.MetricValue} is neither a number nor one of the pattern's values, such as $.latency or $size.");
        }

        foreach (var (name, reference) in transformation.Dimensions ?? [])
        {
            _dimensions.Add((name, pattern.Reference(reference)
                ?? throw new FilterPatternException($"The dimension {name} is not one of the pattern's values, such as $.server or $host: {reference}.")));
        }

        if (_dimensions.Count > MostDimensions)
        {
            throw new FilterPatternException($"A metric filter has at most {MostDimensions} dimensions.");
        }

        if (_dimensions.Count > 0 && transformation.DefaultValue is not null)
        {
            throw new FilterPatternException("A metric filter with dimensions cannot have a default value.");
        }
    }

    /// <summary>Makes a filter of what its creator sent.</summary>
    /// <exception cref="FilterPatternException">Pattern, value or dimensions do not go together.</exception>
    public static MetricFilter Of(PutMetricFilterRequest request) =>
        new(FilterPattern.ParseWithValues(request.FilterPattern), request.MetricTransformations[0]);

    /// <summary>The metrics of some messages: a value for each that matches, the default value for each other one.</summary>
    public IEnumerable<MetricSample> Read(LogGroupKey group, IReadOnlyList<LogLine> lines)
    {
        foreach (var line in lines)
        {
            if (Value(line.Message) is not { } value)
            {
                continue;
            }

            yield return new MetricSample(
                new MetricKey(group.Account, group.Region, _transformation.MetricNamespace, _transformation.MetricName, value.Dimensions),
                line.Timestamp / 1000,
                _transformation.Unit ?? MetricUnits.None,
                StatisticSet.Of(value.Value));
        }
    }

    private (double Value, MetricDimensions Dimensions)? Value(string message)
    {
        if (_pattern.Match(message) is null)
        {
            return _transformation.DefaultValue is { } usual ? (usual, MetricDimensions.None) : null;
        }

        var value = _constant;
        if (_value is not null
            && (!double.TryParse(_value(message), NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value)))
        {
            return null;
        }

        var dimensions = new List<MetricDimension>(_dimensions.Count);
        foreach (var (name, find) in _dimensions)
        {
            // Without the value of a dimension there is no metric, as at AWS.
            if (find(message) is not { Length: > 0 } text)
            {
                return null;
            }

            dimensions.Add(new MetricDimension(name, text));
        }

        return (value, MetricDimensions.From(dimensions));
    }
}
