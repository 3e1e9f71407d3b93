using System.Globalization;
using System.Text.RegularExpressions;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Wire.Dispatch;
using StatisticSet = Sagebrush.State.Metrics.StatisticSet;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>
/// A statistic of a period's values, as CloudWatch names them: <c>Average</c>, <c>p99</c>, <c>tm90</c>, <c>TM(10%:90%)</c>,
/// <c>PR(:300)</c>, <c>IQM</c> and so on.
/// </summary>
internal sealed partial class Statistic
{
    private const string Trimmed = "TM";
    private const string Winsorized = "WM";
    private const string TrimmedCount = "TC";
    private const string TrimmedSum = "TS";
    private const string PercentileRank = "PR";

    private readonly string _kind;
    private readonly double _low;
    private readonly double _high;
    private readonly bool _percent;

    private Statistic(string name, string kind, double low = double.NegativeInfinity, double high = double.PositiveInfinity, bool percent = false)
    {
        (Name, _kind, _low, _high, _percent) = (name, kind, low, high, percent);
    }

    /// <summary>As the caller wrote it.</summary>
    public string Name { get; }

    /// <summary>Whether sums and extremes alone do not tell it.</summary>
    public bool NeedsDistribution => _kind is not ("SampleCount" or "Average" or "Sum" or "Minimum" or "Maximum");

    /// <summary>Reads the name of a statistic.</summary>
    /// <exception cref="ServiceException">There is none of the name.</exception>
    public static Statistic Parse(string name, string member) => TryParse(name) ?? throw CloudWatchErrors.InvalidParameterValueException(
        $"The value {name} for parameter {member} is not supported.");

    /// <summary>Reads the name of a statistic; null when there is none of the name.</summary>
    public static Statistic? TryParse(string name)
    {
        if (name is "SampleCount" or "Average" or "Sum" or "Minimum" or "Maximum")
        {
            return new Statistic(name, name);
        }

        if (name is "IQM" or "iqm")
        {
            return new Statistic(name, Trimmed, 25, 75, percent: true);
        }

        if (Short().Match(name) is { Success: true } brief)
        {
            var bound = Number(brief.Groups[2].Value);
            return bound > 100 ? null : brief.Groups[1].Value switch
            {
                "p" => new Statistic(name, "p", bound),
                "tm" => new Statistic(name, Trimmed, 0, bound, percent: true),
                "wm" => new Statistic(name, Winsorized, 0, bound, percent: true),
                "tc" => new Statistic(name, TrimmedCount, 0, bound, percent: true),
                _ => new Statistic(name, TrimmedSum, 0, bound, percent: true),
            };
        }

        return Long().Match(name) is { Success: true } range ? Range(name, range) : null;
    }

    /// <summary>The statistic of values; null when their distribution is not known.</summary>
    public double? Of(StatisticSet values)
    {
        switch (_kind)
        {
            case "SampleCount":
                return values.SampleCount;
            case "Average":
                return values.Average;
            case "Sum":
                return values.Sum;
            case "Minimum":
                return values.Minimum;
            case "Maximum":
                return values.Maximum;
        }

        if (values.Distribution is not { } distribution)
        {
            return null;
        }

        var all = distribution.Values();
        var total = all.Sum(one => one.Count);
        if (_kind == "p")
        {
            // A bin stands for values that lie inside the extremes.
            return Math.Clamp(Quantile(all, total, _low / 100), values.Minimum, values.Maximum);
        }

        var (count, sum, below, above) = Inside(all, total);
        return _kind switch
        {
            Trimmed => count > 0 ? sum / count : null,
            TrimmedCount => count,
            TrimmedSum => sum,
            PercentileRank => 100 * count / total,
            _ => WinsorizedMean(all, total, sum, below, above),
        };
    }

    private static Statistic? Range(string name, Match match)
    {
        var kind = match.Groups[1].Value.ToUpperInvariant();
        var (low, high) = (match.Groups[2].Value, match.Groups[3].Value);
        if (low.Length + high.Length == 0)
        {
            return null;
        }

        var percent = low.EndsWith('%') || high.EndsWith('%');
        if (percent && ((low.Length > 0 && !low.EndsWith('%')) || (high.Length > 0 && !high.EndsWith('%')) || kind == PercentileRank))
        {
            return null;
        }

        var from = low.Length > 0 ? Number(low) : percent ? 0 : double.NegativeInfinity;
        var to = high.Length > 0 ? Number(high) : percent ? 100 : double.PositiveInfinity;
        return from > to || (percent && (from < 0 || to > 100)) ? null : new Statistic(name, kind, from, to, percent);
    }

    private static double Number(string text) =>
        double.Parse(text.TrimEnd('%'), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>The smallest value that a share of all does not exceed.</summary>
    private static double Quantile(IReadOnlyList<(double Value, double Count)> all, double total, double share)
    {
        var rank = share * total;
        var passed = 0.0;
        foreach (var (value, count) in all)
        {
            passed += count;

            // Rounding of the share must not push the rank behind the value it ends with.
            if (passed >= rank - (1e-9 * total))
            {
                return value;
            }
        }

        return all[^1].Value;
    }

    /// <summary>Number and sum of the values between the bounds, and how many lie below and above. Ranks are cut exactly.</summary>
    private (double Count, double Sum, double Below, double Above) Inside(
        IReadOnlyList<(double Value, double Count)> all, double total)
    {
        var (inside, sum, below, above, passed) = (0.0, 0.0, 0.0, 0.0, 0.0);
        var (from, to) = (_low / 100 * total, _high / 100 * total);
        foreach (var (value, count) in all)
        {
            var under = _percent ? Math.Clamp(from - passed, 0, count) : value <= _low ? count : 0;
            var over = _percent ? Math.Clamp(passed + count - to, 0, count) : value > _high ? count : 0;
            var kept = count - under - over;
            passed += count;
            (inside, sum, below, above) = (inside + kept, sum + (kept * value), below + under, above + over);
        }

        return (inside, sum, below, above);
    }

    private double WinsorizedMean(
        IReadOnlyList<(double Value, double Count)> all, double total, double sum, double below, double above)
    {
        var low = !_percent ? _low : Quantile(all, total, _low / 100);
        var high = !_percent ? _high : Quantile(all, total, _high / 100);
        return (sum + (below > 0 ? below * low : 0) + (above > 0 ? above * high : 0)) / total;
    }

    [GeneratedRegex(@"\A(p|tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Short();

    [GeneratedRegex(@"\A(TM|WM|TC|TS|PR)\((-?\d{1,15}(?:\.\d{1,10})?%?)?:(-?\d{1,15}(?:\.\d{1,10})?%?)?\)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Long();
}
