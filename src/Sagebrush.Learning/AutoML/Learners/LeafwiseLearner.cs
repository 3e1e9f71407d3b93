using Sagebrush.Learning.Features;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Boosting;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>Boosted trees grown leaf by leaf, with categories; the number of rounds is what the watched rows like best.</summary>
internal sealed class LeafwiseLearner : ILearner
{
    private const int MostRounds = 3000;

    /// <summary>Rounds between judgements: each costs a pass over the watched rows.</summary>
    private const int JudgedRounds = 2;

    public string Name => "lightgbm";

    public FeatureStyle Style => FeatureStyle.Codes;

    public ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken)
    {
        var rate = parameters.GetValueOrDefault("learning_rate", 0.05);
        var options = new GradientBoostingOptions
        {
            Objective = set.Problem switch
            {
                ProblemType.BinaryClassification => BoostingObjective.Binary,
                ProblemType.MulticlassClassification => BoostingObjective.Multiclass,
                _ => set.IsAbsolute ? BoostingObjective.AbsoluteError : BoostingObjective.SquaredError,
            },
            ClassCount = set.ClassCount,
            LearningRate = rate,
            LeafCount = (int)parameters.GetValueOrDefault("num_leaves", 31),
            MinLeafRows = (int)parameters.GetValueOrDefault("min_data_in_leaf", 20),
            FeatureFraction = parameters.GetValueOrDefault("feature_fraction", 0.7),
            BaggingFraction = parameters.GetValueOrDefault("bagging_fraction", 0.8),
            BaggingFrequency = 1,
            L1 = parameters.GetValueOrDefault("lambda_l1", 0),
            L2 = parameters.GetValueOrDefault("lambda_l2", 2),
            CategoricalFeatures = set.CategoricalFeatures,
            Threads = set.Threads,
            Seed = set.Seed,
        };
        var boosting = new GradientBoosting(set.Train, set.TrainLabels, options, set.TrainWeights ?? ReadOnlyMemory<float>.Empty, cancellationToken);
        var validation = new BoostingValidation(set.Valid, set.ValidLabels, BoostingMetric.Of(options.Objective));
        var patience = (int)Math.Clamp(4 / rate, 20, 150);
        var (best, bestLoss) = (1, double.PositiveInfinity);
        while (boosting.Rounds < MostRounds && boosting.Rounds - best <= patience && (boosting.Rounds == 0 || (set.SecondsLeft() > 0 && !cancellationToken.IsCancellationRequested)))
        {
            // A tree is short work beside a half one that would have to be thrown away; but the first is nothing to stop at.
            boosting.AddRound(boosting.Rounds == 0 ? cancellationToken : CancellationToken.None);
            if (boosting.Rounds % JudgedRounds == 0 && validation.Evaluate(boosting) is var loss && loss < bestLoss)
            {
                (best, bestLoss) = (boosting.Rounds, loss);
            }
        }

        return new Model(boosting.Model(best));
    }

    public ITrainedModel Load(string path, int outputCount) => new Model(GradientBoostingModel.Load(path));

    private sealed class Model(GradientBoostingModel model) : ITrainedModel
    {
        public void Predict(FeatureMatrix rows, Span<float> outputs) => model.PredictBatch(rows.Values, outputs);

        public byte[] Save() => model.Save();
    }
}
