using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Linear;

/// <summary>
/// The squared loss of all rows as products of their columns, from which the weights under any penalties follow without another look at the rows.
/// </summary>
internal static class LeastSquares
{
    /// <summary>Finds the weights under several penalties by one reading of the rows.</summary>
    /// <param name="features">The features.</param>
    /// <param name="scale">How they are scaled.</param>
    /// <param name="labels">The labels on the scale of learning.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="settings">The penalties.</param>
    /// <param name="options">Whether there is a bias, its decay, and the threads.</param>
    public static FoundWeights[] Solve(
        FeatureMatrix features, ColumnScale scale, float[] labels, float[] weights, ModelSetting[] settings, LinearLearnerOptions options)
    {
        var size = features.ColumnCount + 1;
        var gram = new GramMatrix(features.RowCount, size + 1, Fill, options.Threads, CancellationToken.None).Whole();
        var (products, targets) = GramMatrix.Split(gram, size, 1.0 / features.RowCount);
        var labelSquares = gram[^1] / features.RowCount;

        // The mean loss is wᵀGw - 2cᵀw + y², twice the quadratic: the penalties are halved instead.
        var quadratic = new PenalizedQuadratic(products, targets, options.BiasWeightDecayFactor);
        var found = new FoundWeights[settings.Length];
        RowChunks.Run(settings.Length, 1, options.Threads, (model, _, _) =>
        {
            var own = quadratic.Solve(settings[model].WeightDecay / 2, settings[model].L1 / 2);
            found[model] = new(own, Math.Max((2 * quadratic.Value(own)) + labelSquares, 0));
        });
        return found;

        // The scaled features, 1 for the bias, and the label, all times the root of the weight.
        void Fill(int first, int count, float[] block)
        {
            for (var i = 0; i < count; i++)
            {
                var to = block.AsSpan(i * (size + 1), size + 1);
                scale.Apply(features, [first + i], options.UseBias ? 1 : 0, to);
                to[size] = labels[first + i];
                if (weights[first + i] is not 1f and var weight)
                {
                    TensorPrimitives.Multiply(to, MathF.Sqrt(weight), to);
                }
            }
        }
    }
}
