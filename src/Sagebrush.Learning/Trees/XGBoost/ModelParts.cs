using System.Globalization;

namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>What a reader found in a file, whatever the format, before it becomes a model.</summary>
internal sealed class ModelParts
{
    /// <summary>More would not be a model but a damaged file: a row of output alone would take megabytes.</summary>
    private const int MostGroups = 1 << 20;

    public required string ObjectiveName { get; init; }

    public required string Booster { get; init; }

    public required int FeatureCount { get; init; }

    public int ClassCount { get; init; }

    public int TargetCount { get; init; }

    /// <summary>One for all groups, or one per group.</summary>
    public required float[] BaseScores { get; init; }

    public bool BaseScoreIsMargin { get; init; }

    public List<RegressionTree> Trees { get; } = [];

    public int[] Groups { get; set; } = [];

    public int ParallelTrees { get; set; } = 1;

    public float[]? TreeWeights { get; set; }

    public float[] LinearWeights { get; set; } = [];

    public List<string> FeatureNames { get; } = [];

    public Dictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    public XGBoostModel Assemble(XGBoostLoadOptions options)
    {
        var objective = XGBoostObjective.Find(ObjectiveName)
            ?? throw new ModelFormatException($"The objective '{ObjectiveName}' is not known.");
        if (FeatureCount < 0)
        {
            throw new ModelFormatException($"The model has {FeatureCount} features.");
        }

        var groupCount = Math.Max(1, Math.Max(ClassCount, TargetCount));
        if (groupCount > MostGroups)
        {
            throw new ModelFormatException($"The model has {groupCount} classes.");
        }

        var margins = BaseMargins(objective, groupCount);
        if (Booster == "gblinear")
        {
            return new(new LinearEnsemble(LinearWeights, FeatureCount, margins), objective, Booster, FeatureNames, Attributes);
        }

        var trees = UsedTrees(options, groupCount);
        return new(TreeEnsemble.Create(trees, FeatureCount, margins), objective, Booster, FeatureNames, Attributes)
        {
            Forest = trees,
            BaseMargins = margins,
        };
    }

    private float[] BaseMargins(XGBoostObjective objective, int groupCount)
    {
        if (BaseScores.Length != 1 && BaseScores.Length != groupCount)
        {
            throw new ModelFormatException($"The model has {BaseScores.Length} base scores for {groupCount} outputs.");
        }

        var margins = new float[groupCount];
        for (var i = 0; i < groupCount; i++)
        {
            var score = BaseScores[BaseScores.Length == 1 ? 0 : i];
            margins[i] = BaseScoreIsMargin ? score : objective.BaseMargin(score);
            if (!float.IsFinite(margins[i]))
            {
                throw new ModelFormatException(string.Create(
                    CultureInfo.InvariantCulture, $"The base score {score} is out of range for {objective.Name}."));
            }
        }

        return margins;
    }

    private List<RegressionTree> UsedTrees(XGBoostLoadOptions options, int groupCount)
    {
        if (Groups.Length != Trees.Count)
        {
            throw new ModelFormatException($"The model has {Trees.Count} trees, but names the groups of {Groups.Length}.");
        }

        if (TreeWeights is not null && TreeWeights.Length != Trees.Count)
        {
            throw new ModelFormatException($"The model has {Trees.Count} trees and {TreeWeights.Length} weights of trees.");
        }

        var count = Trees.Count;
        if (options.UpToBestIteration
            && Attributes.TryGetValue("best_iteration", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var best))
        {
            count = (int)Math.Min(count, (best + 1L) * ParallelTrees * groupCount);
        }

        List<RegressionTree> used = new(count);
        for (var i = 0; i < count; i++)
        {
            var tree = Trees[i];
            used.Add(new()
            {
                LeftChildren = tree.LeftChildren,
                RightChildren = tree.RightChildren,
                Features = tree.Features,
                Thresholds = tree.Thresholds,
                DefaultLeft = tree.DefaultLeft,
                Covers = tree.Covers,
                Group = Groups[i],
                Weight = TreeWeights?[i] ?? 1f,
            });
        }

        return used;
    }
}
