using Sagebrush.Learning.AutoML.Learners;

namespace Sagebrush.Learning.AutoML;

/// <summary>Trains a candidate on every fold, and gathers what it predicts of the rows left out.</summary>
internal sealed class CandidateTrainer(LabelledRows rows, Folds folds, FoldFeatures features, CandidateStore store, AutopilotOptions options, AutopilotObjective objective, TimeProvider clock)
{
    /// <summary>Trains.</summary>
    /// <param name="spec">The candidate.</param>
    /// <param name="number">Its number.</param>
    /// <param name="deadline">By when it should be through; models that can end early then do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its predictions of the judged rows, in the folds' order.</returns>
    public float[] Train(CandidateSpec spec, int number, DateTimeOffset deadline, CancellationToken cancellationToken)
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
            var model = learner.Fit(
                new()
                {
                    Problem = rows.Task.Problem,
                    ClassCount = rows.Task.Classes.Count,
                    IsAbsolute = objective.Name == "MAE",
                    Train = set.Train,
                    TrainLabels = rows.Labels(folds.Train[fold]),
                    TrainWeights = rows.WeightsOf(folds.Train[fold]),
                    Valid = set.Valid,
                    ValidLabels = rows.Labels(folds.Valid[fold]),
                    ValidWeights = rows.WeightsOf(folds.Valid[fold]),
                    Seed = options.Seed + (number * 100L) + fold,
                    Threads = options.Threads,
                    SecondsLeft = () => (until - clock.GetUtcNow()).TotalSeconds,
                },
                spec.Parameters,
                cancellationToken);
            var count = folds.Valid[fold].Length * width;
            model.Predict(set.Valid, outputs.AsSpan(at, count));
            at += count;
            store.AddModel(number, fold, model.Save());
        }

        return outputs.AsSpan().ContainsAny(float.NaN, float.PositiveInfinity, float.NegativeInfinity)
            ? throw new ArithmeticException($"{spec.Algorithm} predicts what is not a number.")
            : outputs;
    }
}
