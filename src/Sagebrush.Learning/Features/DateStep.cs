using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Features;

/// <summary>A date's parts: days since 1970, year, month, day, day of the week, day of the year and hour.</summary>
internal sealed record DateStep : FeatureStep
{
    private static readonly string[] Parts = ["days", "year", "month", "day", "day of week", "day of year", "hour"];

    /// <summary>Stands for the days of a missing date; null leaves all parts missing.</summary>
    public double? FillDays { get; init; }

    /// <summary>Whether the parts are brought to about -1 to 1.</summary>
    public bool IsScaled { get; init; }

    /// <summary>What is subtracted from the days, and what they are then multiplied by, when scaled.</summary>
    public double CenterDays { get; init; }

    /// <summary>See <see cref="CenterDays"/>.</summary>
    public double ScaleDays { get; init; } = 1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names => [.. Parts.Select(part => $"{Column} {part}")];

    /// <summary>Learns the range of the dates.</summary>
    public static DateStep Learn(TableColumn column, bool isScaled)
    {
        double[] days = [.. column.ToNumbers(DateText.TryRead).Where(seconds => !double.IsNaN(seconds)).Select(seconds => seconds / 86_400)];
        if (!isScaled || days.Length == 0)
        {
            return new() { Column = column.Name, IsScaled = isScaled, FillDays = isScaled ? 0 : null };
        }

        var (from, to) = (days.Min(), days.Max());
        return new() { Column = column.Name, IsScaled = true, FillDays = (from + to) / 2, CenterDays = (from + to) / 2, ScaleDays = to > from ? 2 / (to - from) : 1 };
    }

    /// <inheritdoc/>
    public override void Write(FeatureSource source, FeatureBlock block)
    {
        var seconds = source.Column(Column).ToNumbers(DateText.TryRead);
        for (var row = 0; row < seconds.Length; row++)
        {
            var days = double.IsNaN(seconds[row]) ? FillDays ?? double.NaN : seconds[row] / 86_400;
            if (double.IsNaN(days))
            {
                for (var i = 0; i < Parts.Length; i++)
                {
                    block[row, i] = float.NaN;
                }

                continue;
            }

            var date = DateTime.UnixEpoch.AddDays(days);
            ReadOnlySpan<double> parts = [days, date.Year, date.Month, date.Day, (int)date.DayOfWeek, date.DayOfYear, date.TimeOfDay.TotalHours];
            ReadOnlySpan<double> centers = [CenterDays, 2000, 6.5, 15.5, 3, 183, 12];
            ReadOnlySpan<double> scales = [ScaleDays, 0.05, 0.18, 0.066, 0.33, 0.0055, 0.083];
            for (var i = 0; i < parts.Length; i++)
            {
                block[row, i] = (float)(IsScaled ? Math.Clamp((parts[i] - centers[i]) * scales[i], -8, 8) : parts[i]);
            }
        }
    }
}
