using Sagebrush.Learning.AutoML.Learners;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML;

/// <summary>Trains a candidate on every fold, and gathers what it predicts of the rows left out.</summary>
/// <param name="rows">The rows.</param>
/// <param name="folds">The folds.</param>
/// <param name="features">Their features.</param>
/// <param name="store">Keeps models.</param>
/// <param name="options">What Autopilot is asked to do.</param>
/// <param name="objective">The objective.</param>
/// <param name="predictions">For each candidate that was trained its predictions of the judged rows.</param>
/// <param name="clock">Measures the time.</param>
internal sealed class CandidateTrainer(
    LabelledRows rows,
    Folds folds,
    FoldFeatures features,
    CandidateStore store,
    AutopilotOptions options,
    AutopilotObjective objective,
    IReadOnlyDictionary<int, float[]> predictions,
    TimeProvider clock)
{
    /// <summary>Trains.</summary>
    /// <param name="spec">The candidate.</param>
    /// <param name="number">Its number.</param>
    /// <param name="deadline">By when it should be through; models that can end early then do.</param>
    /// <param name="isHopeless">Whether predictions of the first fold's rows are too bad to go on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its predictions of the judged rows, in the folds' order; of the first fold alone when it is hopeless.</returns>
    public float[] Train(CandidateSpec spec, int number, DateTimeOffset deadline, Func<float[], bool> isHopeless, CancellationToken cancellationToken)
    {
        var learner = LearnerCatalogue.Get(spec.Algorithm);
        var width = rows.Task.OutputCount;
        var outputs = new float[folds.Judged.Length * width];
        var at = 0;
        for (var fold = 0; fold < folds.Count; fold++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var set = features.Get(spec, fold);
            store.AddPipeline(spec, fold, set.Pipeline);
            var now = clock.GetUtcNow();
            var until = now + ((deadline - now) / (folds.Count - fold));
            var (learnt, watched, judged) = Divide(spec, set, fold);
            var model = learner.Fit(
                new()
                {
                    Problem = rows.Task.Problem,
                    ClassCount = rows.Task.Classes.Count,
                    IsAbsolute = objective.Name == "MAE",
                    Train = learnt.Features,
                    TrainLabels = rows.Labels(learnt.Rows),
                    TrainWeights = rows.WeightsOf(learnt.Rows),
                    Valid = watched.Features,
                    ValidLabels = rows.Labels(watched.Rows),
                    ValidWeights = rows.WeightsOf(watched.Rows),
                    CategoricalFeatures = set.Categorical,
                    Seed = options.Seed + (number * 100L) + fold,
                    Threads = options.Threads,
                    SecondsLeft = () => (until - clock.GetUtcNow()).TotalSeconds,
                },
                spec.Parameters,
                cancellationToken);
            var count = folds.Valid[fold].Length * width;
            model.Predict(judged, outputs.AsSpan(at, count));
            at += count;
            store.AddModel(number, fold, model.Save());
            if (fold == 0 && folds.Count > 1 && isHopeless(outputs[..count]))
            {
                return outputs[..count];
            }
        }

        return outputs.AsSpan().ContainsAny(float.NaN, float.PositiveInfinity, float.NegativeInfinity)
            ? throw new ArithmeticException($"{spec.Algorithm} predicts what is not a number.")
            : outputs;
    }

    /// <summary>A fold's rows to learn from, to watch while learning, and to judge by.</summary>
    /// <remarks>
    /// One that stands on others watches rows of another fold than the one it is judged by: what those below it owe to the watched rows' luck would be found again
    /// in their predictions, and taken for knowledge.
    /// </remarks>
    private ((FeatureMatrix Features, int[] Rows) Learnt, (FeatureMatrix Features, int[] Rows) Watched, FeatureMatrix Judged) Divide(CandidateSpec spec, FoldSet set, int fold)
    {
        var (train, valid) = (folds.Train[fold], folds.Valid[fold]);
        if (spec.Inputs.Count == 0)
        {
            return ((set.Train, train), (set.Valid, valid), set.Valid);
        }

        var features = Stack(spec, set.Train, train);
        var next = folds.Valid[(fold + 1) % folds.Count].ToHashSet();
        (FeatureMatrix, int[]) Take(bool isWatched)
        {
            int[] places = [.. Enumerable.Range(0, train.Length).Where(place => next.Contains(train[place]) == isWatched)];
            return (features.Take(places), [.. places.Select(place => train[place])]);
        }

        return (Take(false), Take(true), Stack(spec, set.Valid, valid));
    }

    /// <summary>Puts beside the features of rows what the candidates below predict of them: each by the fold's model that was not trained on the row.</summary>
    private FeatureMatrix Stack(CandidateSpec spec, FeatureMatrix of, int[] which) =>
        StackedFeatures.Append(of, [.. spec.Inputs.Select(input => predictions[input])], [.. which.Select(row => folds.Places[row])], rows.Task.Problem, rows.Task.OutputCount);
}
