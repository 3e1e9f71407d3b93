using System.Globalization;

namespace Sagebrush.Services.CloudWatch.Widgets;

/// <summary>A vertical axis: its ends, its marks, and how numbers are written at it.</summary>
internal sealed class AxisScale
{
    private static readonly (double Size, string Suffix)[] Suffixes = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

    private AxisScale(double minimum, double maximum, double step) => (Minimum, Maximum, Step) = (minimum, maximum, step);

    /// <summary>Its lower end.</summary>
    public double Minimum { get; }

    /// <summary>Its upper end.</summary>
    public double Maximum { get; }

    /// <summary>From one mark to the next.</summary>
    public double Step { get; }

    /// <summary>An axis that holds values, with ends at round numbers unless they are given.</summary>
    public static AxisScale Of(double lowest, double highest, WidgetAxis axis, int marks)
    {
        if (!double.IsFinite(lowest) || !double.IsFinite(highest))
        {
            (lowest, highest) = (0, 1);
        }

        // From zero where the values are not far from it: differences then look as large as they are.
        if (lowest > 0 && lowest < highest / 2)
        {
            lowest = 0;
        }

        if (lowest == highest)
        {
            (lowest, highest) = (lowest - (lowest == 0 ? 0 : Math.Abs(lowest) / 2), highest + (highest == 0 ? 1 : Math.Abs(highest) / 2));
        }

        lowest = axis.Minimum ?? lowest;
        highest = axis.Maximum ?? highest;
        if (lowest >= highest)
        {
            highest = lowest + 1;
        }

        var step = Round((highest - lowest) / Math.Max(1, marks));
        return new AxisScale(
            axis.Minimum ?? Math.Floor(lowest / step) * step,
            axis.Maximum ?? Math.Ceiling(highest / step) * step,
            step);
    }

    /// <summary>Where the marks are.</summary>
    public IEnumerable<double> Marks()
    {
        for (var i = Math.Ceiling((Minimum / Step) - 1e-9); i * Step <= Maximum + (1e-9 * Step); i++)
        {
            yield return i * Step;
        }
    }

    /// <summary>How far up a value lies, from 0 to 1.</summary>
    public double Share(double value) => (value - Minimum) / (Maximum - Minimum);

    /// <summary>A number as it stands at the axis.</summary>
    public string Write(double value)
    {
        if (Math.Abs(value) < Step * 1e-9)
        {
            return "0";
        }

        foreach (var (size, suffix) in Suffixes)
        {
            if (Math.Max(Math.Abs(Minimum), Math.Abs(Maximum)) >= size * 10 || (size > 1e3 && Math.Abs(value) >= size))
            {
                return (value / size).ToString("0.###", CultureInfo.InvariantCulture) + suffix;
            }
        }

        return value.ToString(Step < 1e-4 ? "0.##e+0" : "0.#####", CultureInfo.InvariantCulture);
    }

    // 1, 2 or 5 times a power of ten.
    private static double Round(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var digit = step / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }
}
