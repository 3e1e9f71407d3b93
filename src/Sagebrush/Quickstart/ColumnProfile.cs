using System.Globalization;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Quickstart;

/// <summary>What one pass over a column tells about it.</summary>
internal sealed record ColumnProfile
{
    /// <summary>Text with more different values than this, and more than half as many as rows, names rows rather than groups.</summary>
    private const int MostCategories = 1000;

    public required string Name { get; init; }

    public required ColumnKind Kind { get; init; }

    public required int Missing { get; init; }

    /// <summary>How many different values there are, missing ones aside.</summary>
    public required int Distinct { get; init; }

    /// <summary>The row, from 0, of the first cell that is neither missing nor a number; null when there is none.</summary>
    public required int? FirstText { get; init; }

    /// <summary>How many cells hold a number.</summary>
    public required int Numbers { get; init; }

    /// <summary>True when all numbers are whole.</summary>
    public required bool Integral { get; init; }

    public static ColumnProfile Of(string name, IReadOnlyList<string> cells)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        var (missing, numbers, integral, running) = (0, 0, true, cells.Count > 2);
        int? firstText = null;
        var previous = double.NaN;
        for (var i = 0; i < cells.Count; i++)
        {
            var cell = cells[i];
            if (CellText.IsMissing(cell))
            {
                missing++;
                running = false;
                continue;
            }

            if (!CellText.TryNumber(cell, out var number))
            {
                firstText ??= i;
                values.Add(cell);
                continue;
            }

            numbers++;
            integral &= Math.Floor(number) == number;
            running &= i == 0 || number == previous + 1;
            previous = number;
            // 1, 1.0 and 1e0 are one value.
            values.Add(number.ToString(CultureInfo.InvariantCulture));
        }

        var kind = values.Count <= 1 ? ColumnKind.Constant
            : firstText is null ? (running ? ColumnKind.Identifier : ColumnKind.Numeric)
            : values.Count > MostCategories || values.Count > Math.Max(2, (cells.Count - missing) / 2) ? ColumnKind.Identifier
            : ColumnKind.Categorical;
        return new()
        {
            Name = name,
            Kind = kind,
            Missing = missing,
            Distinct = values.Count,
            FirstText = firstText,
            Numbers = numbers,
            Integral = integral,
        };
    }
}
