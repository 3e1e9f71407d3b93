using Sagebrush.Learning.Features;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.AutoML;

/// <summary>Decides which columns to learn from, and finds those that give the target away.</summary>
internal static class DataAnalysis
{
    private const double Leak = 0.995;
    private const long MostJudgedCells = 200_000_000;

    /// <summary>Looks at every column but the target.</summary>
    public static IReadOnlyList<ColumnUse> Of(TypedTable table, AutopilotTask task, AutopilotOptions options)
    {
        var halves = Halves(task.Rows.Length, options.Seed);
        var targets = task.Problem == ProblemType.MulticlassClassification
            ? Enumerable.Range(0, Math.Min(task.Classes.Count, 20)).Select(label => task.Labels.Select(of => of == label ? 1f : 0f).ToArray()).ToArray()
            : [task.Labels];
        var profiles = new ColumnProfile[table.Columns.Count];
        Parallel.For(0, profiles.Length, i => profiles[i] = ColumnProfile.Of(table.Columns[i]));
        var isJudged = (long)profiles.Length * task.Rows.Length <= MostJudgedCells;
        var uses = new ColumnUse?[profiles.Length];
        Parallel.For(0, profiles.Length, i =>
        {
            var profile = profiles[i];
            if (profile.Name == task.Target)
            {
                return;
            }

            if (options.Features is { } features && features.TryGetValue(profile.Name, out var type) && type is { } given)
            {
                profile = profile with { Type = profile.Type is ColumnType.Missing or ColumnType.Constant ? profile.Type : given };
            }

            if (Unused(profile, options) is { } reason)
            {
                uses[i] = new(profile, false, reason, 0);
                return;
            }

            var explained = isJudged ? Explained(table.Columns[i].Take(task.Rows), profile, targets, halves) : 0;
            uses[i] = new(profile, true, explained > Leak ? "It alone tells the target almost exactly. If it is not known when predictions are made, leave it out." : null, explained);
        });
        return [.. uses.OfType<ColumnUse>()];
    }

    private static string? Unused(ColumnProfile profile, AutopilotOptions options) => profile switch
    {
        { Name: var name } when name == options.WeightColumn => "It holds the rows' weights.",
        { Name: var name } when options.Features is { } features && !features.ContainsKey(name) => "It is not among the features to use.",
        { Type: ColumnType.Missing } => "It has no values.",
        { Type: ColumnType.Constant, Missing: 0 } => "It is the same in all rows.",
        { Type: ColumnType.Constant } => "It has one value only.",
        { Type: ColumnType.Identifier } => "Its values name rows, and say nothing of others.",
        _ => null,
    };

    /// <summary>The share of the target's variance on one half of the rows that the means of groups, learnt on the other, explain.</summary>
    private static double Explained(TableColumn column, ColumnProfile profile, float[][] targets, bool[] halves)
    {
        const int Groups = 64;
        if (profile.Type == ColumnType.Text)
        {
            return 0;
        }

        var grouped = profile.Type == ColumnType.Categorical || (profile.Type == ColumnType.Boolean && column.IsText)
            ? column.ToText()
            : Cut(column.Name, profile.Type == ColumnType.DateTime ? column.ToNumbers(DateText.TryRead) : column.ToNumbers(), Groups);
        var lookup = LookupStep.Target(grouped, targets, new string[targets.Length], row => halves[row], smoothing: 1);
        var values = new float[grouped.RowCount * targets.Length];
        lookup.Write(grouped, new(values, targets.Length, 0), null);
        var (left, total) = (0.0, 0.0);
        for (var i = 0; i < targets.Length; i++)
        {
            var mean = targets[i].Average(target => (double)target);
            for (var row = 0; row < grouped.RowCount; row++)
            {
                if (!halves[row])
                {
                    left += Math.Pow(targets[i][row] - values[(row * targets.Length) + i], 2);
                    total += Math.Pow(targets[i][row] - mean, 2);
                }
            }
        }

        return total > 0 ? Math.Max(0, 1 - (left / total)) : 0;
    }

    private static TableColumn Cut(string name, double[] numbers, int groups)
    {
        var keys = numbers.ToArray();
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(keys, order);
        var cut = new double[numbers.Length];
        var group = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (i == 0 || keys[i] != keys[i - 1])
            {
                group = (int)((long)i * groups / keys.Length);
            }

            cut[order[i]] = double.IsNaN(keys[i]) ? double.NaN : group;
        }

        return new(name, cut);
    }

    private static bool[] Halves(int rows, long seed)
    {
        var halves = new bool[rows];
        var random = new RandomStream(seed, 5);
        for (var row = 0; row < rows; row++)
        {
            halves[row] = random.NextDouble() < 0.5;
        }

        return halves;
    }
}
