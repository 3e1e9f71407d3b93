using Sagebrush.Learning.Features;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.Forest;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>Random forests, or extremely randomized trees.</summary>
internal sealed class ForestLearner(bool isExtremelyRandomized) : ILearner
{
    public string Name => isExtremelyRandomized ? "extra-trees" : "randomforest";

    public FeatureStyle Style => FeatureStyle.TreesOfTarget;

    public ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken)
    {
        var options = new ForestOptions
        {
            ClassCount = set.ClassCount,
            TreeCount = (int)parameters.GetValueOrDefault("trees", 100),
            IsExtremelyRandomized = isExtremelyRandomized,
            FeaturesPerNode = parameters.TryGetValue("features_share", out var share) ? Math.Max(1, (int)Math.Round(share * set.Train.ColumnCount)) : null,
            MinLeafRows = (int)parameters.GetValueOrDefault("min_leaf_rows", 1),
            Threads = set.Threads,
            Seed = set.Seed,
        };
        return new Model(RandomForest.Fit(set.Train, set.TrainLabels, options, set.TrainWeights ?? ReadOnlyMemory<float>.Empty, cancellationToken));
    }

    public ITrainedModel Load(string path, int outputCount) => new Model(ForestModel.Load(path));

    private sealed class Model(ForestModel model) : ITrainedModel
    {
        public void Predict(FeatureMatrix rows, Span<float> outputs)
        {
            var all = new float[rows.RowCount * model.OutputCount];
            model.Predict(rows, all);
            if (model.ClassCount != 2)
            {
                all.CopyTo(outputs);
                return;
            }

            for (var row = 0; row < rows.RowCount; row++)
            {
                outputs[row] = all[(row * 2) + 1];
            }
        }

        public byte[] Save() => model.Save();
    }
}
