using Sagebrush.Learning.AutoML.Learners;
using Sagebrush.Learning.Features;
using Sagebrush.Learning.Search;

namespace Sagebrush.Learning.AutoML;

/// <summary>
/// Which candidate to try next: first a list of settings that do well on most tables, then candidates that stand on the best of them, then boosters by Bayesian search
/// around what did well here, with new ones that stand on these now and then.
/// </summary>
/// <remarks>The same candidates tried before give the same next one, but for when it is late.</remarks>
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

    /// <summary>After so many variations there are new candidates that stand on others.</summary>
    private const int VariationsBetweenStacks = 9;

    /// <summary>Candidates that others stand on, at most and at least.</summary>
    private const int MostInputs = 6;

    /// <summary>See <see cref="MostInputs"/>.</summary>
    private const int FewestInputs = 2;

    private readonly List<CandidateSpec> _first;
    private readonly List<CandidateSpec> _stacked = [];
    private readonly bool _isGiven;
    private readonly bool _hasPairs;
    private readonly bool _refines;
    private readonly int _seed;

    public CandidateSequence(IReadOnlySet<string> algorithms, bool hasPairs, bool isEnsemble, bool canStack, long seed)
    {
        (_hasPairs, _seed) = (hasPairs, (int)(seed & int.MaxValue));
        _first = [.. Usual(hasPairs, isEnsemble).Where(spec => algorithms.Count == 0 || algorithms.Contains(spec.Algorithm))];
        _stacked = isEnsemble && canStack ? [.. Stacks().Where(spec => algorithms.Count == 0 || algorithms.Contains(spec.Algorithm))] : [];
        _refines = algorithms.Count == 0 || algorithms.Contains("xgboost");
        if (_first.Count == 0)
        {
            throw new AutopilotDataException(
                $"None of the algorithms asked for ({string.Join(", ", algorithms)}) is there; there are: {string.Join(", ", LearnerCatalogue.All.Select(learner => learner.Name))}.");
        }
    }

    /// <summary>Some candidates alone.</summary>
    public CandidateSequence(IReadOnlyList<CandidateSpec> given) => (_first, _isGiven) = ([.. given], true);

    /// <summary>The list that comes first.</summary>
    public IReadOnlyList<CandidateSpec> First => _first;

    /// <summary>The next candidate; null when there is nothing left to try.</summary>
    /// <param name="tried">Those before it.</param>
    /// <param name="isLate">Whether the rest of the list must give way to candidates that stand on those there are.</param>
    public CandidateSpec? Next(IReadOnlyList<Candidate> tried, bool isLate = false)
    {
        if (_isGiven)
        {
            return tried.Count < _first.Count ? _first[tried.Count] : null;
        }

        Candidate[] alone = [.. tried.Where(candidate => candidate.Spec is { Inputs.Count: 0 })];
        var stacked = tried.Count - alone.Length;
        var due = alone.Length >= _first.Count ? _stacked.Count * (1 + ((alone.Length - _first.Count) / VariationsBetweenStacks)) : isLate ? _stacked.Count : 0;
        if (stacked < due && Inputs(alone) is { Length: >= FewestInputs } inputs)
        {
            return _stacked[stacked % _stacked.Count] with { HasPairs = _hasPairs, Inputs = inputs };
        }

        if (alone.Length < _first.Count)
        {
            return _first[alone.Length];
        }

        if (!_refines)
        {
            return null;
        }

        List<Evaluation> evaluations = [];
        foreach (var candidate in tried)
        {
            if (candidate.Spec is { Algorithm: "xgboost", Inputs.Count: 0 } spec && double.IsFinite(candidate.Loss))
            {
                evaluations.Add(new([.. Space.Parameters.Select(parameter => spec.Parameters.GetValueOrDefault(parameter.Name, Usual(parameter.Name)))], candidate.Loss));
            }
        }

        // Points of the list may lie outside the space they are now sought in.
        evaluations = [.. evaluations.Where(evaluation => Space.Parameters.Zip(evaluation.Point).All(pair => pair.First.Contains(pair.Second)))];
        var point = new BayesianSearch(Space, _seed).Propose(new(evaluations, [], alone.Length - _first.Count));
        var best = alone.Where(candidate => candidate.Spec is { Algorithm: "xgboost" }).MinBy(candidate => candidate.Loss)?.Spec;
        return new()
        {
            Algorithm = "xgboost",
            Features = best?.Features ?? FeatureStyle.Trees,
            HasPairs = best?.HasPairs ?? _hasPairs,
            Parameters = Space.Parameters.Zip(point).ToDictionary(pair => pair.First.Name, pair => Math.Round(pair.Second, 4), StringComparer.Ordinal),
        };
    }

    /// <summary>Whether the next candidate would vary what did well, rather than be one of the list.</summary>
    public bool IsVariation(IReadOnlyList<Candidate> tried) => tried.Count(candidate => candidate.Spec is { Inputs.Count: 0 }) >= _first.Count;

    /// <summary>The best of each learner, and the best of the others, best first.</summary>
    private static int[] Inputs(Candidate[] alone)
    {
        Candidate[] usable = [.. alone.Where(candidate => candidate.Failure is null).OrderBy(candidate => candidate.Loss)];
        Candidate[] leaders = [.. usable.DistinctBy(candidate => candidate.Spec!.Algorithm)];
        return [.. leaders.Concat(usable.Except(leaders)).Take(MostInputs).Select(candidate => candidate.Number).Order()];
    }

    /// <summary>Learners of the second level: few and strongly held back, for what they see is nearly the answer.</summary>
    private static IEnumerable<CandidateSpec> Stacks()
    {
        yield return new() { Algorithm = "linear-learner", Features = FeatureStyle.Predictions };
        yield return Boost(FeatureStyle.Trees, false, ("eta", 0.04), ("max_depth", 3), ("min_child_weight", 20), ("subsample", 0.8), ("colsample_bytree", 0.4), ("lambda", 20));
        yield return new()
        {
            Algorithm = "extra-trees",
            Features = FeatureStyle.TreesOfTarget,
            Parameters = new Dictionary<string, double> { ["trees"] = 120, ["min_leaf_rows"] = 10, ["features_share"] = 0.5 },
        };
    }

    private static double Usual(string parameter) => parameter switch
    {
        "eta" => 0.05,
        "max_depth" => 6,
        "alpha" => 0.001,
        _ => 1,
    };

    private static IReadOnlyList<CandidateSpec> Usual(bool hasPairs, bool isEnsemble)
    {
        var quick = Boost(FeatureStyle.Trees, hasPairs, ("eta", 0.06), ("max_depth", 6), ("min_child_weight", 2), ("subsample", 0.8), ("colsample_bytree", 0.6), ("lambda", 2));
        var shallow = Boost(FeatureStyle.TreesOfTarget, hasPairs, ("eta", 0.05), ("max_depth", 4), ("min_child_weight", 4), ("subsample", 0.8), ("colsample_bytree", 0.4), ("lambda", 3));
        var linear = new CandidateSpec { Algorithm = "linear-learner", Features = FeatureStyle.Scaled, HasPairs = hasPairs };
        if (!isEnsemble)
        {
            return [quick, shallow, linear, Leafwise(hasPairs, 31, 0.05, 0.7), Network(hasPairs, 96, 0.15), linear with { Features = FeatureStyle.Components }];
        }

        return
        [
            quick,
            Leafwise(hasPairs, 31, 0.05, 0.7),
            shallow,
            Network(hasPairs, 96, 0.15),
            linear,
            Boost(
                FeatureStyle.Trees, hasPairs, ("eta", 0.04), ("max_depth", 0), ("max_leaves", 63), ("max_bin", 512), ("min_child_weight", 6), ("subsample", 0.75), ("colsample_bytree", 0.35), ("lambda", 6)),
            Forest("extra-trees", hasPairs),
            Leafwise(hasPairs, 15, 0.03, 0.4),
            Boost(FeatureStyle.Trees, false, ("eta", 0.05), ("max_depth", 8), ("min_child_weight", 12), ("subsample", 0.9), ("colsample_bytree", 0.3), ("lambda", 10), ("alpha", 0.5)),
            Forest("randomforest", hasPairs),
            new() { Algorithm = "knn", Features = FeatureStyle.Components, HasPairs = hasPairs },
            Network(hasPairs, 192, 0.3),
            Boost(FeatureStyle.TreesOfTarget, hasPairs, ("eta", 0.03), ("max_depth", 5), ("min_child_weight", 1), ("subsample", 0.7), ("colsample_bytree", 0.25), ("colsample_bynode", 0.6)),
        ];
    }

    private static CandidateSpec Leafwise(bool hasPairs, int leaves, double rate, double features) => new()
    {
        Algorithm = "lightgbm",
        Features = FeatureStyle.Codes,
        HasPairs = hasPairs,
        Parameters = new Dictionary<string, double> { ["num_leaves"] = leaves, ["learning_rate"] = rate, ["feature_fraction"] = features, ["min_data_in_leaf"] = 20, ["lambda_l2"] = 3 },
    };

    private static CandidateSpec Network(bool hasPairs, int width, double dropout) => new()
    {
        Algorithm = "mlp",
        Features = FeatureStyle.Codes,
        HasPairs = hasPairs,
        Parameters = new Dictionary<string, double> { ["width"] = width, ["hidden"] = width, ["dropout"] = dropout },
    };

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
