namespace Sagebrush.Learning.Tables.Typed;

/// <summary>What all cells of a column together tell about it.</summary>
public sealed record ColumnProfile
{
    /// <summary>A share of cells that are of a type, above which the others count as slips of the pen.</summary>
    private const double NearlyAll = 0.9;

    /// <summary>More different texts than this in a large part of the rows name rows rather than groups.</summary>
    private const int MostCategories = 1000;

    private static readonly HashSet<string> YesAndNo = new(StringComparer.OrdinalIgnoreCase) { "true", "false", "true.", "false.", "yes", "no", "y", "n", "t", "f" };

    /// <summary>The column's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>Number of rows without a value.</summary>
    public required int Missing { get; init; }

    /// <summary>Number of different values, missing ones aside.</summary>
    public required int Distinct { get; init; }

    /// <summary>In a column of numbers or dates: cells with something else, which count as missing.</summary>
    public int Unreadable { get; init; }

    /// <summary>Whether all numbers are whole.</summary>
    public bool IsIntegral { get; init; }

    /// <summary>Understands a column.</summary>
    public static ColumnProfile Of(TableColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.IsText ? OfText(column) : OfNumbers(column.Name, column.Numbers, 0);
    }

    private static ColumnProfile OfNumbers(string name, ReadOnlySpan<double> numbers, int unreadable)
    {
        HashSet<double> values = [];
        var (missing, integral, ascending, running) = (0, true, true, numbers.Length > 2);
        var (smallest, largest, previous) = (double.PositiveInfinity, double.NegativeInfinity, double.NaN);
        foreach (var number in numbers)
        {
            if (double.IsNaN(number))
            {
                missing++;
                continue;
            }

            values.Add(number);
            integral &= Math.Floor(number) == number;
            running &= double.IsNaN(previous) || number == previous + 1;
            ascending &= !(number <= previous);
            previous = number;
            smallest = Math.Min(smallest, number);
            largest = Math.Max(largest, number);
        }

        var present = numbers.Length - missing;
        var isKey = integral && values.Count == present && present > 20 && unreadable == 0 && missing == 0
            && (running || (ascending && LooksLikeKey(name)) || (LooksLikeKey(name) && present > 100));
        var type = values.Count == 0 ? ColumnType.Missing
            : values.Count == 1 ? ColumnType.Constant
            : values.Count == 2 && smallest == 0 && largest == 1 ? ColumnType.Boolean
            : isKey ? ColumnType.Identifier
            : ColumnType.Numeric;
        return new() { Name = name, Type = type, Missing = missing - unreadable, Distinct = values.Count, Unreadable = unreadable, IsIntegral = integral };
    }

    private static ColumnProfile OfText(TableColumn column)
    {
        var counts = new int[column.Values.Count];
        var missing = 0;
        foreach (var code in column.Codes)
        {
            if (code < 0)
            {
                missing++;
            }
            else
            {
                counts[code]++;
            }
        }

        // Rows taken out of a larger table need not hold all texts of its dictionary.
        var distinct = counts.Count(count => count > 0);
        var present = column.RowCount - missing;
        var profile = new ColumnProfile { Name = column.Name, Type = ColumnType.Categorical, Missing = missing, Distinct = distinct };
        if (distinct <= 1)
        {
            return profile with { Type = distinct == 0 ? ColumnType.Missing : ColumnType.Constant };
        }

        if (distinct == 2 && column.Values.Where((_, code) => counts[code] > 0).All(YesAndNo.Contains))
        {
            return profile with { Type = ColumnType.Boolean };
        }

        var numbers = Share(column, counts, CellText.TryNumber);
        if (numbers >= NearlyAll * present)
        {
            return OfNumbers(column.Name, column.ToNumbers(), present - (int)numbers) with { Missing = missing };
        }

        var dates = Share(column, counts, DateText.TryRead);
        if (dates >= NearlyAll * present)
        {
            return profile with { Type = ColumnType.DateTime, Unreadable = present - (int)dates };
        }

        if (distinct > Math.Max(20, present / 2) || distinct > Math.Max(MostCategories, present / 10))
        {
            var words = Words(column, counts);
            return profile with { Type = words >= 3 ? ColumnType.Text : distinct > 0.9 * present ? ColumnType.Identifier : ColumnType.Categorical };
        }

        return profile;
    }

    private static long Share(TableColumn column, int[] counts, TableColumn.TryConvert convert)
    {
        long share = 0;
        for (var code = 0; code < counts.Length; code++)
        {
            if (counts[code] > 0 && convert(column.Values[code], out _))
            {
                share += counts[code];
            }
        }

        return share;
    }

    private static double Words(TableColumn column, int[] counts)
    {
        const int Sampled = 1000;
        var step = Math.Max(1, counts.Length / Sampled);
        var (words, texts) = (0, 0);
        for (var code = 0; code < counts.Length; code += step)
        {
            if (counts[code] > 0)
            {
                words += column.Values[code].AsSpan().Count(' ') + 1;
                texts++;
            }
        }

        return texts == 0 ? 0 : words / (double)texts;
    }

    private static bool LooksLikeKey(string name) =>
        name.Equals("id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_id", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Id", StringComparison.Ordinal)
        || name.EndsWith("ID", StringComparison.Ordinal) || name.Contains("index", StringComparison.OrdinalIgnoreCase) || name.StartsWith("column_", StringComparison.Ordinal)
        || name.Contains("uuid", StringComparison.OrdinalIgnoreCase) || name.Contains("row", StringComparison.OrdinalIgnoreCase);
}
