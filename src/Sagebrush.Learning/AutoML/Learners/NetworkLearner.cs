using Sagebrush.Learning.Features;
using Sagebrush.Learning.Networks;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>A network with embeddings of categories; the epoch is what the watched rows like best.</summary>
internal sealed class NetworkLearner : ILearner
{
    public string Name => "mlp";

    public FeatureStyle Style => FeatureStyle.Codes;

    public ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken)
    {
        var batch = Math.Clamp(set.Train.RowCount / 128 / 32 * 32, 32, 512);
        var options = new TabularMlpOptions
        {
            Objective = set.Problem switch
            {
                ProblemType.BinaryClassification => NetworkObjective.Binary,
                ProblemType.MulticlassClassification => NetworkObjective.Multiclass,
                _ => set.IsAbsolute ? NetworkObjective.AbsoluteError : NetworkObjective.SquaredError,
            },
            ClassCount = set.ClassCount,
            CategoricalFeatures = set.CategoricalFeatures,
            BatchSize = Math.Clamp(batch, 2, Math.Max(2, set.Train.RowCount)),
            Bins = (int)parameters.GetValueOrDefault("bins", 16),
            Width = (int)parameters.GetValueOrDefault("width", 96),
            HiddenWidth = (int)parameters.GetValueOrDefault("hidden", 96),
            Blocks = (int)parameters.GetValueOrDefault("blocks", 2),
            Dropout = parameters.GetValueOrDefault("dropout", 0.15),
            Epochs = (int)parameters.GetValueOrDefault("epochs", 16),
            LearningRate = parameters.GetValueOrDefault("learning_rate", 2e-3),
            WeightDecay = parameters.GetValueOrDefault("weight_decay", 2e-2),
            SecondsLeft = set.SecondsLeft,
            Threads = set.Threads,
            Seed = set.Seed,
        };
        return new Model(TabularMlp.Fit(
            set.Train, set.TrainLabels, options, set.TrainWeights ?? ReadOnlyMemory<float>.Empty, set.Valid, set.ValidLabels, set.ValidWeights ?? ReadOnlyMemory<float>.Empty, cancellationToken: cancellationToken));
    }

    public ITrainedModel Load(string path, int outputCount) => new Model(TabularMlpModel.Load(path));

    private sealed class Model(TabularMlpModel model) : ITrainedModel
    {
        public void Predict(FeatureMatrix rows, Span<float> outputs) => model.PredictBatch(rows, outputs);

        public byte[] Save() => model.Save();
    }
}
