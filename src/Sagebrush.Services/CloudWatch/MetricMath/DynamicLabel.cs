using System.Globalization;
using System.Text.RegularExpressions;
using Sagebrush.State.Metrics;

namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>Labels that say something of their series, such as <c>"[max: ${MAX}] ${PROP('Dim.EndpointName')}"</c>.</summary>
internal static partial class DynamicLabel
{
    /// <summary>Puts the figures in; what it does not know stays as it is.</summary>
    public static string Fill(string label, TimeSeries series, MetricKey? metric, string statistic) =>
        !label.Contains("${", StringComparison.Ordinal) ? label : Part().Replace(label, match => match.Groups[1].Value switch
        {
            "LABEL" => series.Label,
            "MIN" => Number(series.Values, Enumerable.Min),
            "MAX" => Number(series.Values, Enumerable.Max),
            "AVG" => Number(series.Values, Enumerable.Average),
            "SUM" => Number(series.Values, Enumerable.Sum),
            "FIRST" => Number(series.Values, Enumerable.First),
            "LAST" => Number(series.Values, Enumerable.Last),
            "DATAPOINT_COUNT" => series.Values.Length.ToString(CultureInfo.InvariantCulture),
            _ => match.Groups[2].Value switch
            {
                "Namespace" => metric?.Namespace,
                "MetricName" => metric?.Name,
                "Period" => series.Period.ToString(CultureInfo.InvariantCulture),
                "Region" => metric?.Region,
                "AccountId" => metric?.Account,
                "Stat" => statistic,
                ['D', 'i', 'm', '.', .. var dimension] => metric?.Dimensions.Find(dimension),
                _ => null,
            } ?? match.Value,
        });

    private static string Number(double[] values, Func<IEnumerable<double>, double> figure) =>
        values.Length == 0 ? "-" : figure(values).ToString("0.####", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$\{(?:([A-Z_]+)|PROP\('([^']*)'\))\}", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
