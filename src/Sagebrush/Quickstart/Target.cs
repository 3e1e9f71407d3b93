using Sagebrush.CommandLine;
using Sagebrush.Learning.AutoML;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Quickstart;

/// <summary>The column to predict, understood: the task it sets, its classes, and the number each row gets for it.</summary>
internal sealed record Target
{
    private const int MostClasses = 100;
    private const int MostIntegerClasses = 10;
    private const int FewestRowsOfAClass = 5;

    public required string Name { get; init; }

    public required LearningTask Task { get; init; }

    /// <summary>The classes as they stand in the file, by their number; for a binary task the second is the positive one. Empty for regression.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The rows of the table, from 0, that have a target and belong to a class with enough rows.</summary>
    public required IReadOnlyList<int> Rows { get; init; }

    /// <summary>For each of <see cref="Rows"/>, its class number or its value.</summary>
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>What was left out, for the user.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Understands a column as target; <paramref name="wanted"/> overrules what its values suggest.</summary>
    public static Target Of(Table table, int column, LearningTask? wanted = null)
    {
        var (name, cells) = (table.Names[column], table.Columns[column]);
        var profile = ColumnProfile.Of(name, cells);
        var present = Enumerable.Range(0, table.Rows).Where(row => !CellText.IsMissing(cells[row])).ToList();
        if (profile.Distinct <= 1)
        {
            throw CommandException.BadInput(
                table.Path,
                null,
                present.Count == 0 ? $"target '{name}' has no values" : $"target '{name}' is the same in all rows ('{cells[present[0]]}'): there is nothing to learn");
        }

        var notes = new List<string>();
        if (profile.Missing > 0)
        {
            notes.Add($"{profile.Missing:N0} rows without a target were left out");
        }

        var task = wanted ?? Infer(table, profile, cells);
        return task == LearningTask.Regression
            ? Regression(table, profile, cells, present, notes)
            : Classification(table, name, cells, present, task, notes);
    }

    private static LearningTask Infer(Table table, ColumnProfile profile, IReadOnlyList<string> cells)
    {
        if (profile.Distinct == 2)
        {
            return LearningTask.Binary;
        }

        if (profile.FirstText is null)
        {
            return profile.Integral && profile.Distinct <= MostIntegerClasses ? LearningTask.Multiclass : LearningTask.Regression;
        }

        // A number column with a slip of the pen is worth a better word than "too many classes".
        return profile.Distinct > MostClasses && profile.Numbers > (cells.Count - profile.Missing) / 2
            ? throw NotANumber(table, profile, cells)
            : LearningTask.Multiclass;
    }

    private static Target Regression(Table table, ColumnProfile profile, IReadOnlyList<string> cells, List<int> rows, List<string> notes) =>
        profile.FirstText is not null
            ? throw NotANumber(table, profile, cells)
            : new()
            {
                Name = profile.Name,
                Task = LearningTask.Regression,
                Classes = [],
                Rows = rows,
                Values = [.. rows.Select(row => CellText.TryNumber(cells[row], out var number) ? number : double.NaN)],
                Notes = notes,
            };

    private static Target Classification(Table table, string name, IReadOnlyList<string> cells, List<int> present, LearningTask task, List<string> notes)
    {
        var counts = present.GroupBy(row => cells[row], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        if (counts.Count > MostClasses)
        {
            throw CommandException.BadInput(
                table.Path, null, $"target '{name}' has {counts.Count:N0} different values; more than {MostClasses} classes cannot be told apart here");
        }

        foreach (var rare in counts.Where(entry => entry.Value < FewestRowsOfAClass).ToList())
        {
            counts.Remove(rare.Key);
            notes.Add($"class '{rare.Key}' was left out: it has {rare.Value} row{(rare.Value == 1 ? "" : "s")}, fewer than {FewestRowsOfAClass}");
        }

        if (counts.Count < 2)
        {
            throw CommandException.BadInput(table.Path, null, $"target '{name}' has fewer than two classes with {FewestRowsOfAClass} rows or more");
        }

        if (task == LearningTask.Binary && counts.Count > 2)
        {
            throw CommandException.BadInput(table.Path, null, $"target '{name}' has {counts.Count} classes, a binary task has two", "leave --task out, or say --task multiclass");
        }

        var classes = counts.Count == 2 ? ClassNames.NegativeFirst(counts) : ClassNames.Sort(counts.Keys);
        var number = classes.Index().ToDictionary(entry => entry.Item, entry => (double)entry.Index, StringComparer.Ordinal);
        var rows = present.Where(row => number.ContainsKey(cells[row])).ToList();
        return new()
        {
            Name = name,
            Task = classes.Count == 2 ? LearningTask.Binary : LearningTask.Multiclass,
            Classes = classes,
            Rows = rows,
            Values = [.. rows.Select(row => number[cells[row]])],
            Notes = notes,
        };
    }

    private static CommandException NotANumber(Table table, ColumnProfile profile, IReadOnlyList<string> cells) =>
        CommandException.BadInput(
            table.Path,
            table.Lines[profile.FirstText!.Value],
            $"column '{profile.Name}' holds '{cells[profile.FirstText.Value]}' where numbers are expected",
            "correct the cell, leave it empty, or choose another target");
}
