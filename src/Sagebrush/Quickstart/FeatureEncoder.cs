using System.Globalization;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Quickstart;

/// <summary>Turns rows of text into rows of numbers for a model; learnt from the training rows alone.</summary>
/// <remarks>
/// Numbers stay as they are and missing ones stay missing, which trees understand. A category with few values becomes one column per value; one with many becomes
/// one column with its values numbered from the commonest. A value never seen in training has no column set, or counts as missing.
/// </remarks>
internal sealed class FeatureEncoder
{
    /// <summary>Categories with more values than this become a single numbered column.</summary>
    public const int MostIndicatorColumns = 32;

    private readonly IReadOnlyList<Column> _columns;

    private FeatureEncoder(IReadOnlyList<Column> columns, IReadOnlyList<string> dropped)
    {
        _columns = columns;
        Dropped = dropped;
        FeatureNames = [.. columns.SelectMany(column => column.FeatureNames)];
    }

    /// <summary>One name for each number of an encoded row.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>Columns left out, each with the reason in brackets.</summary>
    public IReadOnlyList<string> Dropped { get; }

    /// <summary>How many of the table's columns are numbers and how many are categories.</summary>
    public (int Numeric, int Categorical) Used => (_columns.Count(column => column.Categories is null), _columns.Count(column => column.Categories is not null));

    public static FeatureEncoder Learn(Table table, int target, IReadOnlyList<int> trainingRows)
    {
        var (columns, dropped) = (new List<Column>(), new List<string>());
        for (var i = 0; i < table.Names.Count; i++)
        {
            if (i == target)
            {
                continue;
            }

            var profile = ColumnProfile.Of(table.Names[i], table.Columns[i]);
            switch (profile.Kind)
            {
                case ColumnKind.Numeric:
                    columns.Add(new(i, [profile.Name], null));
                    break;
                case ColumnKind.Categorical:
                    columns.Add(Categories(profile.Name, i, table.Columns[i], trainingRows));
                    break;
                case ColumnKind.Constant:
                    dropped.Add($"{profile.Name} (always the same)");
                    break;
                default:
                    dropped.Add(profile.FirstText is not { } row ? $"{profile.Name} (a running number)"
                        : profile.Numbers > profile.Distinct / 2 ? $"{profile.Name} (text, because of '{table.Columns[i][row]}' in line {table.Lines[row]})"
                        : $"{profile.Name} ({profile.Distinct:N0} different texts)");
                    break;
            }
        }

        return new(columns, dropped);
    }

    /// <summary>Appends an encoded row in CSV form, without line end: a missing number is an empty cell.</summary>
    public void Write(Table table, int row, TextWriter writer)
    {
        var first = true;
        foreach (var column in _columns)
        {
            var cell = table.Columns[column.Index][row];
            for (var i = 0; i < column.FeatureNames.Count; i++)
            {
                if (!first)
                {
                    writer.Write(',');
                }

                first = false;
                column.Write(cell, i, writer);
            }
        }
    }

    private static Column Categories(string name, int index, IReadOnlyList<string> cells, IReadOnlyList<int> rows)
    {
        var values = rows.Select(row => cells[row]).Where(cell => !CellText.IsMissing(cell))
            .GroupBy(cell => cell, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key).ToList();
        var numbers = values.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        return values.Count <= MostIndicatorColumns
            ? new(index, [.. values.Select(value => $"{name}={value}")], numbers)
            : new(index, [name], numbers);
    }

    private sealed record Column(int Index, IReadOnlyList<string> FeatureNames, Dictionary<string, int>? Categories)
    {
        public void Write(string cell, int feature, TextWriter writer)
        {
            if (Categories is null)
            {
                if (!CellText.IsMissing(cell) && CellText.TryNumber(cell, out var number))
                {
                    writer.Write(number.ToString("R", CultureInfo.InvariantCulture));
                }
            }
            else if (Categories.Count > MostIndicatorColumns)
            {
                if (Categories.TryGetValue(cell, out var code))
                {
                    writer.Write(code);
                }
            }
            else
            {
                writer.Write(Categories.TryGetValue(cell, out var code) && code == feature ? '1' : '0');
            }
        }
    }
}
