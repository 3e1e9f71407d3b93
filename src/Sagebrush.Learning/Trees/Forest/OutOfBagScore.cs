using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>How well rows are predicted by the trees that did not learn from them (Breiman 1996): a fair judgement without a validation set.</summary>
public sealed class OutOfBagScore
{
    internal OutOfBagScore(RegressionTree[] trees, bool[][] outOfBag, FeatureMatrix features, ReadOnlySpan<float> labels, ForestOptions options)
    {
        var width = Math.Max(1, options.ClassCount);
        var predictions = new float[features.RowCount * width];
        RowChunks.Run(features.RowCount, 256, options.Threads, (_, start, end) =>
        {
            for (var row = start; row < end; row++)
            {
                var mine = predictions.AsSpan(row * width, width);
                var count = 0;
                for (var tree = 0; tree < trees.Length; tree++)
                {
                    if (outOfBag[tree].Length > 0 && outOfBag[tree][row])
                    {
                        trees[tree].AddTo(features.Row(row), mine);
                        count++;
                    }
                }

                foreach (ref var value in mine)
                {
                    value = count > 0 ? value / count : float.NaN;
                }
            }
        });
        Predictions = predictions;
        Score = options.ClassCount > 0 ? Accuracy(predictions, labels, width) : Explained(predictions, labels);
    }

    /// <summary>The accuracy, or in regression the coefficient of determination, over the rows that some tree left out.</summary>
    public double Score { get; }

    /// <summary>Probabilities of the classes per row, or a number; NaN for a row that no tree left out.</summary>
    public IReadOnlyList<float> Predictions { get; }

    private static double Accuracy(float[] predictions, ReadOnlySpan<float> labels, int classes)
    {
        var (right, count) = (0, 0);
        for (var row = 0; row < labels.Length; row++)
        {
            var mine = predictions.AsSpan(row * classes, classes);
            if (!float.IsNaN(mine[0]))
            {
                count++;
                right += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(mine) == (int)labels[row] ? 1 : 0;
            }
        }

        return (double)right / count;
    }

    private static double Explained(float[] predictions, ReadOnlySpan<float> labels)
    {
        var (sum, count) = (0.0, 0);
        for (var row = 0; row < labels.Length; row++)
        {
            (sum, count) = float.IsNaN(predictions[row]) ? (sum, count) : (sum + labels[row], count + 1);
        }

        var (error, spread) = (0.0, 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            if (!float.IsNaN(predictions[row]))
            {
                error += Math.Pow(labels[row] - predictions[row], 2);
                spread += Math.Pow(labels[row] - (sum / count), 2);
            }
        }

        return 1 - (error / spread);
    }
}
