using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>The column to predict, understood: the problem it sets, its classes, and each row's label.</summary>
public sealed record AutopilotTask
{
    private const int MostClasses = 2000;
    private const int MostIntegerClasses = 10;
    private const int FewestRowsOfAClass = 5;

    /// <summary>The column's name.</summary>
    public required string Target { get; init; }

    /// <summary>The problem.</summary>
    public required ProblemType Problem { get; init; }

    /// <summary>The classes as they stand in the table, by their number; of two the second is the positive one. Empty for regression.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The rows of the table, from 0, that have a label and belong to a class with enough rows.</summary>
    public required int[] Rows { get; init; }

    /// <summary>For each of <see cref="Rows"/>, its class number or its value.</summary>
    public required float[] Labels { get; init; }

    /// <summary>What was left out, for the user.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Numbers a model gives per row: a value, the probability of the positive class, or one probability per class.</summary>
    public int OutputCount => Problem == ProblemType.MulticlassClassification ? Classes.Count : 1;

    /// <summary>Understands a column as the target.</summary>
    /// <param name="table">The table.</param>
    /// <param name="target">The column.</param>
    /// <param name="wanted">Overrules what its values suggest.</param>
    /// <exception cref="AutopilotDataException">There is no such column, or nothing to learn in it.</exception>
    public static AutopilotTask Of(TypedTable table, string target, ProblemType? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        var index = table.IndexOf(target);
        if (index < 0)
        {
            throw new AutopilotDataException(
                $"The target attribute '{target}' is not among the columns of the data: {string.Join(", ", table.Columns.Take(40).Select(column => column.Name))}{(table.Columns.Count > 40 ? ", …" : "")}.");
        }

        var column = table.Columns[index];
        var profile = ColumnProfile.Of(column);
        int[] present = [.. Enumerable.Range(0, table.RowCount).Where(row => !column.IsMissing(row))];
        if (profile.Distinct <= 1)
        {
            throw new AutopilotDataException(present.Length == 0
                ? $"The target attribute '{target}' has no values."
                : $"The target attribute '{target}' has the same value in all rows ('{column.Text(present[0])}'): there is nothing to learn.");
        }

        List<string> notes = [];
        if (present.Length < table.RowCount)
        {
            notes.Add($"{table.RowCount - present.Length:N0} rows without a target were left out.");
        }

        return (wanted ?? Infer(column, profile)) == ProblemType.Regression ? Regression(column, present, notes) : Classification(column, present, wanted, notes);
    }

    /// <summary>The label of a text; null when it is no class or no number.</summary>
    public float? LabelOf(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (Problem == ProblemType.Regression)
        {
            return CellText.TryNumber(text, out var number) ? (float)number : null;
        }

        for (var i = 0; i < Classes.Count; i++)
        {
            if (string.Equals(Classes[i], text, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return null;
    }

    private static ProblemType Infer(TableColumn column, ColumnProfile profile) =>
        profile.Distinct == 2 ? ProblemType.BinaryClassification
        : (!column.IsText || profile.Type == ColumnType.Numeric) && !(profile.IsIntegral && profile.Distinct <= MostIntegerClasses) ? ProblemType.Regression
        : ProblemType.MulticlassClassification;

    private static AutopilotTask Regression(TableColumn column, int[] present, List<string> notes)
    {
        var numbers = column.ToNumbers();
        int[] rows = [.. present.Where(row => double.IsFinite((float)numbers[row]))];
        if (rows.Length < present.Length)
        {
            if (rows.Length < present.Length * 0.9)
            {
                var row = present.First(row => double.IsNaN(numbers[row]));
                throw new AutopilotDataException(
                    $"The target attribute '{column.Name}' holds '{column.Text(row)}' in row {row + 1}, which is not a number; {present.Length - rows.Length:N0} rows do. Regression needs numbers: correct them, or choose another problem type.");
            }

            notes.Add($"{present.Length - rows.Length:N0} rows whose target is not a number were left out.");
        }

        return new() { Target = column.Name, Problem = ProblemType.Regression, Classes = [], Rows = rows, Labels = [.. rows.Select(row => (float)numbers[row])], Notes = notes };
    }

    private static AutopilotTask Classification(TableColumn column, int[] present, ProblemType? wanted, List<string> notes)
    {
        var text = column.ToText();
        var counts = present.CountBy(row => text.Values[text.Codes[row]]).ToDictionary(StringComparer.Ordinal);
        if (counts.Count > MostClasses)
        {
            throw new AutopilotDataException($"The target attribute '{column.Name}' has {counts.Count:N0} different values; more than {MostClasses:N0} classes cannot be told apart.");
        }

        foreach (var (name, count) in counts.Where(entry => entry.Value < FewestRowsOfAClass).ToList())
        {
            counts.Remove(name);
            notes.Add($"Class '{name}' was left out: it has {count} row{(count == 1 ? "" : "s")}, fewer than {FewestRowsOfAClass}.");
        }

        if (counts.Count < 2)
        {
            throw new AutopilotDataException($"The target attribute '{column.Name}' has fewer than two classes with {FewestRowsOfAClass} rows or more.");
        }

        if (wanted == ProblemType.BinaryClassification && counts.Count > 2)
        {
            throw new AutopilotDataException($"The target attribute '{column.Name}' has {counts.Count} classes; binary classification needs two.");
        }

        var classes = counts.Count == 2 ? ClassNames.NegativeFirst(counts) : ClassNames.Sort(counts.Keys);
        var number = classes.Index().ToDictionary(entry => entry.Item, entry => (float)entry.Index, StringComparer.Ordinal);
        int[] rows = [.. present.Where(row => number.ContainsKey(text.Values[text.Codes[row]]))];
        return new()
        {
            Target = column.Name,
            Problem = classes.Count == 2 && wanted != ProblemType.MulticlassClassification ? ProblemType.BinaryClassification : ProblemType.MulticlassClassification,
            Classes = classes,
            Rows = rows,
            Labels = [.. rows.Select(row => number[text.Values[text.Codes[row]]])],
            Notes = notes,
        };
    }
}
