using Sagebrush.Learning.Numerics;

namespace Sagebrush.Learning.AutoML;

/// <summary>Which rows candidates are trained on and which they are judged by; positions among the rows with a label.</summary>
/// <param name="Train">For each fold the rows to train on.</param>
/// <param name="Valid">For each fold the rows to judge by. No row is in two of them.</param>
internal sealed record Folds(IReadOnlyList<int[]> Train, IReadOnlyList<int[]> Valid)
{
    /// <summary>Number of folds; 1 when rows are set apart once.</summary>
    public int Count => Train.Count;

    /// <summary>All rows that are judged by, in the folds' order.</summary>
    public int[] Judged { get; } = [.. Valid.SelectMany(rows => rows)];

    /// <summary>For each row its place among <see cref="Judged"/>; only of use where all are judged.</summary>
    public IReadOnlyDictionary<int, int> Places { get; } = Valid.SelectMany(rows => rows).Index().ToDictionary(entry => entry.Item, entry => entry.Index);

    /// <summary>Divides the rows into folds alike in their classes, or in the quantiles of their values.</summary>
    public static Folds CrossValidation(AutopilotTask task, int count, long seed)
    {
        var fold = new int[task.Labels.Length];
        foreach (var (stratum, rows) in Strata(task).Index())
        {
            var random = new RandomStream(seed, stratum);
            random.Shuffle<int>(rows);
            var first = random.Next(count);
            for (var i = 0; i < rows.Length; i++)
            {
                fold[rows[i]] = (first + i) % count;
            }
        }

        int[][] Rows(Func<int, int, bool> belongs) => [.. Enumerable.Range(0, count).Select(k => Enumerable.Range(0, fold.Length).Where(row => belongs(fold[row], k)).ToArray())];
        return new(Rows((of, k) => of != k), Rows((of, k) => of == k));
    }

    /// <summary>Sets a share of the rows apart.</summary>
    public static Folds Holdout(AutopilotTask task, double share, long seed)
    {
        List<int> train = [], valid = [];
        foreach (var (stratum, rows) in Strata(task).Index())
        {
            new RandomStream(seed, stratum).Shuffle<int>(rows);
            var count = Math.Clamp((int)Math.Round(rows.Length * share), 1, rows.Length - 1);
            valid.AddRange(rows[..count]);
            train.AddRange(rows[count..]);
        }

        train.Sort();
        valid.Sort();
        return new([[.. train]], [[.. valid]]);
    }

    /// <summary>Takes the rows from a row of the table on for those to judge by.</summary>
    public static Folds Given(AutopilotTask task, int firstValidRow) => new(
        [[.. Enumerable.Range(0, task.Rows.Length).Where(i => task.Rows[i] < firstValidRow)]],
        [[.. Enumerable.Range(0, task.Rows.Length).Where(i => task.Rows[i] >= firstValidRow)]]);

    private static IEnumerable<int[]> Strata(AutopilotTask task)
    {
        var rows = Enumerable.Range(0, task.Labels.Length);
        if (task.Problem != ProblemType.Regression)
        {
            return rows.GroupBy(row => task.Labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray());
        }

        // Neighbours in value are spread over the folds.
        const int StratumSize = 200;
        return rows.OrderBy(row => task.Labels[row]).Chunk(StratumSize).Where(chunk => chunk.Length > 1 || task.Labels.Length == 1);
    }
}
