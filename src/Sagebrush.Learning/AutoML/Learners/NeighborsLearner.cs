using Sagebrush.Learning.Features;
using Sagebrush.Learning.Neighbors;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.AutoML.Learners;

/// <summary>The labels of the nearest rows, the nearer the weightier.</summary>
internal sealed class NeighborsLearner : ILearner
{
    private const int MostRows = 20_000;

    public string Name => "knn";

    public FeatureStyle Style => FeatureStyle.Scaled;

    public ITrainedModel Fit(LearningSet set, IReadOnlyDictionary<string, double> parameters, CancellationToken cancellationToken)
    {
        var options = new NearestNeighborsOptions
        {
            NeighborCount = Math.Min(set.Train.RowCount, (int)parameters.GetValueOrDefault("k", 25)),
            IsClassifier = false,
            SampleSize = MostRows,
        };
        return new Model(NearestNeighborsModel.Fit(set.Train, set.TrainLabels, options, set.TrainWeights, cancellationToken), set.Problem == ProblemType.MulticlassClassification ? set.ClassCount : 1);
    }

    public ITrainedModel Load(string path, int outputCount) => new Model(NearestNeighborsModel.Load(path), outputCount);

    private sealed class Model(NearestNeighborsModel model, int outputCount) : ITrainedModel
    {
        private const int Batch = 1024;

        public void Predict(FeatureMatrix rows, Span<float> outputs)
        {
            for (var start = 0; start < rows.RowCount; start += Batch)
            {
                var batch = rows.Rows(start, Math.Min(Batch, rows.RowCount - start));
                var count = model.NeighborCount;
                var labels = new float[batch.RowCount * count];
                var (distances, weights) = (new float[labels.Length], new float[labels.Length]);
                model.Predict(batch, new float[batch.RowCount], labels, distances, weights);
                for (var row = 0; row < batch.RowCount; row++)
                {
                    Weigh(labels.AsSpan(row * count, count), distances.AsSpan(row * count, count), weights.AsSpan(row * count, count), outputs.Slice((start + row) * outputCount, outputCount));
                }
            }
        }

        public byte[] Save() => model.Save();

        private void Weigh(ReadOnlySpan<float> labels, ReadOnlySpan<float> distances, ReadOnlySpan<float> weights, Span<float> output)
        {
            output.Clear();
            var total = 0f;
            for (var i = 0; i < labels.Length; i++)
            {
                if (float.IsNaN(labels[i]))
                {
                    continue;
                }

                var weight = (1e-6f + weights[i]) / (0.1f + MathF.Sqrt(Math.Max(0, distances[i])));
                total += weight;
                if (outputCount == 1)
                {
                    output[0] += weight * labels[i];
                }
                else
                {
                    output[(int)labels[i]] += weight;
                }
            }

            for (var i = 0; i < outputCount && total > 0; i++)
            {
                output[i] /= total;
            }
        }
    }
}
