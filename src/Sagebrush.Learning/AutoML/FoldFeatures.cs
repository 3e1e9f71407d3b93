using Sagebrush.Learning.Features;

namespace Sagebrush.Learning.AutoML;

/// <summary>The features of each fold, learnt from its training rows alone; kept while memory allows.</summary>
internal sealed class FoldFeatures(LabelledRows rows, Folds folds, IReadOnlyList<PairStep> pairs, long seed)
{
    /// <summary>Floats to keep at most: 1 GB of them.</summary>
    private const long MostKept = 1L << 28;

    private readonly Dictionary<(FeatureStyle, bool, int), FoldSet> _kept = [];
    private long _size;

    /// <summary>Whether there are pairs of columns worth a try.</summary>
    public bool HasPairs => pairs.Count > 0;

    /// <summary>The features of a fold.</summary>
    public FoldSet Get(CandidateSpec spec, int fold)
    {
        var key = (spec.Features, spec.HasPairs, fold);
        if (_kept.TryGetValue(key, out var set))
        {
            return set;
        }

        var recipe = new FeatureRecipe
        {
            Style = spec.Features,
            Columns = rows.Columns,
            Pairs = spec.HasPairs ? pairs : [],
            Targets = rows.Targets(folds.Train[fold]),
            Seed = seed + fold,
        };
        var (pipeline, train) = FeaturePipeline.Learn(rows.Table.Take(folds.Train[fold]), recipe);
        set = new(pipeline, train, pipeline.Transform(rows.Table.Take(folds.Valid[fold])));
        var size = set.Train.Values.Length + (long)set.Valid.Values.Length;
        if (_size + size <= MostKept)
        {
            _size += size;
            _kept.Add(key, set);
        }

        return set;
    }
}
