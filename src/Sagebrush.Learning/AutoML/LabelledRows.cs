using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>The rows with a label: their columns, labels and weights, and which columns to learn from.</summary>
internal sealed record LabelledRows
{
    public required AutopilotTask Task { get; init; }

    /// <summary>The rows of <see cref="AutopilotTask.Rows"/>, with the columns to learn from alone.</summary>
    public required TypedTable Table { get; init; }

    /// <summary>The columns to learn from.</summary>
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>The rows' weights; null for equal ones.</summary>
    public float[]? Weights { get; init; }

    /// <summary>For each feature of the target what each of some rows counts: its value, or whether it is of a class.</summary>
    public IReadOnlyList<float[]> Targets(int[] rows)
    {
        const int MostClasses = 12;
        return Task.Problem switch
        {
            ProblemType.MulticlassClassification when Task.Classes.Count > MostClasses => [],
            ProblemType.MulticlassClassification =>
                [.. Enumerable.Range(0, Task.Classes.Count).Select(label => rows.Select(row => Task.Labels[row] == label ? 1f : 0f).ToArray())],
            _ => [Labels(rows)],
        };
    }

    /// <summary>The labels of some rows.</summary>
    public float[] Labels(int[] rows) => [.. rows.Select(row => Task.Labels[row])];

    /// <summary>The weights of some rows; null for equal ones.</summary>
    public float[]? WeightsOf(int[] rows) => Weights is { } weights ? [.. rows.Select(row => weights[row])] : null;
}
