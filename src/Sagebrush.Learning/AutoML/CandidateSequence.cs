using Sagebrush.Learning.AutoML.Learners;
using Sagebrush.Learning.Features;
using Sagebrush.Learning.Search;

namespace Sagebrush.Learning.AutoML;

/// <summary>Which candidate to try next: first a list of settings that do well on most tables, then boosters by Bayesian search around what did well here.</summary>
/// <remarks>The same candidates tried before give the same next one.</remarks>
internal sealed class CandidateSequence
{
    private static readonly SearchSpace Space = new(
    [
        new ContinuousParameter("eta", 0.015, 0.15, ParameterScaling.Logarithmic),
        new IntegerParameter("max_depth", 3, 10, ParameterScaling.Linear),
        new ContinuousParameter("min_child_weight", 0.5, 60, ParameterScaling.Logarithmic),
        new ContinuousParameter("subsample", 0.5, 1, ParameterScaling.Linear),
        new ContinuousParameter("colsample_bytree", 0.2, 1, ParameterScaling.Linear),
        new ContinuousParameter("lambda", 0.1, 30, ParameterScaling.Logarithmic),
        new ContinuousParameter("alpha", 0.001, 10, ParameterScaling.Logarithmic),
    ]);

    private readonly List<CandidateSpec> _first;
    private readonly bool _hasPairs;
    private readonly bool _refines;
    private readonly int _seed;

    public CandidateSequence(IReadOnlySet<string> algorithms, bool hasPairs, bool isEnsemble, long seed)
    {
        (_hasPairs, _seed) = (hasPairs, (int)(seed & int.MaxValue));
        _first = [.. Usual(hasPairs, isEnsemble).Where(spec => algorithms.Count == 0 || algorithms.Contains(spec.Algorithm))];
        _refines = algorithms.Count == 0 || algorithms.Contains("xgboost");
        if (_first.Count == 0)
        {
            throw new AutopilotDataException(
                $"None of the algorithms asked for ({string.Join(", ", algorithms)}) is there; there are: {string.Join(", ", LearnerCatalogue.All.Select(learner => learner.Name))}.");
        }
    }

    /// <summary>Some candidates alone.</summary>
    public CandidateSequence(IReadOnlyList<CandidateSpec> given) => _first = [.. given];

    /// <summary>The list that comes first.</summary>
    public IReadOnlyList<CandidateSpec> First => _first;

    /// <summary>The next candidate; null when there is nothing left to try.</summary>
    public CandidateSpec? Next(IReadOnlyList<Candidate> tried)
    {
        if (tried.Count < _first.Count)
        {
            return _first[tried.Count];
        }

        if (!_refines)
        {
            return null;
        }

        List<Evaluation> evaluations = [];
        foreach (var candidate in tried)
        {
            if (candidate.Spec is { Algorithm: "xgboost" } spec && double.IsFinite(candidate.Loss))
            {
                evaluations.Add(new([.. Space.Parameters.Select(parameter => spec.Parameters.GetValueOrDefault(parameter.Name, Usual(parameter.Name)))], candidate.Loss));
            }
        }

        // Points of the list may lie outside the space they are now sought in.
        evaluations = [.. evaluations.Where(evaluation => Space.Parameters.Zip(evaluation.Point).All(pair => pair.First.Contains(pair.Second)))];
        var point = new BayesianSearch(Space, _seed).Propose(new(evaluations, [], tried.Count - _first.Count));
        var best = tried.Where(candidate => candidate.Spec is { Algorithm: "xgboost" }).MinBy(candidate => candidate.Loss)?.Spec;
        return new()
        {
            Algorithm = "xgboost",
            Features = best?.Features ?? FeatureStyle.Trees,
            HasPairs = best?.HasPairs ?? _hasPairs,
            Parameters = Space.Parameters.Zip(point).ToDictionary(pair => pair.First.Name, pair => Math.Round(pair.Second, 4), StringComparer.Ordinal),
        };
    }

    private static double Usual(string parameter) => parameter switch
    {
        "eta" => 0.05,
        "max_depth" => 6,
        "alpha" => 0.001,
        _ => 1,
    };

    private static IEnumerable<CandidateSpec> Usual(bool hasPairs, bool isEnsemble)
    {
        yield return Boost(FeatureStyle.Trees, hasPairs, ("eta", 0.06), ("max_depth", 6), ("min_child_weight", 2), ("subsample", 0.8), ("colsample_bytree", 0.6), ("lambda", 2));
        yield return Boost(FeatureStyle.TreesOfTarget, hasPairs, ("eta", 0.05), ("max_depth", 4), ("min_child_weight", 4), ("subsample", 0.8), ("colsample_bytree", 0.4), ("lambda", 3));
        if (!isEnsemble)
        {
            yield return new() { Algorithm = "linear-learner", Features = FeatureStyle.Scaled, HasPairs = hasPairs };
            yield break;
        }

        yield return Boost(
            FeatureStyle.Trees, hasPairs, ("eta", 0.04), ("max_depth", 0), ("max_leaves", 63), ("max_bin", 512), ("min_child_weight", 6), ("subsample", 0.75), ("colsample_bytree", 0.35), ("lambda", 6));
        yield return Forest("extra-trees", hasPairs);
        yield return new() { Algorithm = "linear-learner", Features = FeatureStyle.Scaled, HasPairs = hasPairs };
        yield return Forest("randomforest", hasPairs);
        yield return Boost(FeatureStyle.Trees, false, ("eta", 0.05), ("max_depth", 8), ("min_child_weight", 12), ("subsample", 0.9), ("colsample_bytree", 0.3), ("lambda", 10), ("alpha", 0.5));
        yield return new() { Algorithm = "knn", Features = FeatureStyle.Scaled, HasPairs = hasPairs };
        yield return Boost(FeatureStyle.TreesOfTarget, hasPairs, ("eta", 0.03), ("max_depth", 5), ("min_child_weight", 1), ("subsample", 0.7), ("colsample_bytree", 0.25), ("colsample_bynode", 0.6));
    }

    private static CandidateSpec Forest(string algorithm, bool hasPairs) => new()
    {
        Algorithm = algorithm,
        Features = FeatureStyle.TreesOfTarget,
        HasPairs = hasPairs,
        Parameters = new Dictionary<string, double> { ["trees"] = 120, ["min_leaf_rows"] = 3, ["features_share"] = 0.4 },
    };

    private static CandidateSpec Boost(FeatureStyle features, bool hasPairs, params ReadOnlySpan<(string Name, double Value)> parameters)
    {
        Dictionary<string, double> values = new(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            values.Add(name, value);
        }

        return new() { Algorithm = "xgboost", Features = features, HasPairs = hasPairs, Parameters = values };
    }
}
