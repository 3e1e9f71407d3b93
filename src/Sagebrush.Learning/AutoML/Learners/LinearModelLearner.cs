using Sagebrush.Learning.Features;
using Sagebrush.Learning.Linear;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>SageMaker's linear learner.</summary>
internal sealed class LinearModelLearner : ILearner
{
    public string Name => "linear-learner";

    public FeatureStyle Style => FeatureStyle.Scaled;

    public ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken)
    {
        var options = new LinearLearnerOptions
        {
            Predictor = set.Problem switch
            {
                ProblemType.Regression => LinearPredictor.Regressor,
                ProblemType.BinaryClassification => LinearPredictor.BinaryClassifier,
                _ => LinearPredictor.MulticlassClassifier,
            },
            Loss = set.Problem == ProblemType.Regression && set.IsAbsolute ? LinearLoss.Absolute : null,
            ClassCount = Math.Max(2, set.ClassCount),
            Epochs = (int)parameters.GetValueOrDefault("epochs", 20),
            ModelCount = (int)parameters.GetValueOrDefault("models", 8),
            Threads = set.Threads,
            Seed = set.Seed,
        };
        return new Model(new LinearLearner(options).Fit(set.Train, set.TrainLabels, set.Valid, set.ValidLabels, set.TrainWeights, set.ValidWeights, cancellationToken: cancellationToken));
    }

    public ITrainedModel Load(string path, int outputCount) => new Model(LinearModel.Load(path));

    private sealed class Model(LinearModel model) : ITrainedModel
    {
        public void Predict(FeatureMatrix rows, Span<float> outputs)
        {
            for (var row = 0; row < rows.RowCount; row++)
            {
                model.Predict(rows.Row(row), outputs.Slice(row * model.OutputCount, model.OutputCount));
            }
        }

        public byte[] Save() => model.Save();
    }
}
