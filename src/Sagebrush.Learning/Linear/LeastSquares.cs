using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Linear;

/// <summary>
/// The squared loss of all rows as products of their columns, from which the weights under any penalties follow without another look at the rows.
/// </summary>
/// <remarks>
/// With an L2 penalty alone by Cholesky's factors (Hoerl and Kennard, "Ridge regression", 1970); an L1 penalty is added by coordinate descent on the products
/// (Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010, 2.2).
/// </remarks>
internal sealed class LeastSquares
{
    private const int MostSweeps = 1000;
    private const double Converged = 1e-7;

    // Columns that are sums of others have no weights of their own: a trace of ridge, above what products of floats round off, shares them out.
    private const double LeastRidge = 1e-7;

    private readonly int _size;
    private readonly double[] _products;
    private readonly double[] _targets;
    private readonly double _labelSquares;
    private readonly double _biasDecayFactor;

    // The products are means over the rows: of x xᵀ, of x y, and of y².
    private LeastSquares(int size, double[] products, double[] targets, double labelSquares, double biasDecayFactor) =>
        (_size, _products, _targets, _labelSquares, _biasDecayFactor) = (size, products, targets, labelSquares, biasDecayFactor);

    /// <summary>Reads the rows.</summary>
    /// <param name="features">The features.</param>
    /// <param name="scale">How they are scaled.</param>
    /// <param name="labels">The labels on the scale of learning.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="options">Whether there is a bias, its decay, and the threads.</param>
    public static LeastSquares Of(FeatureMatrix features, ColumnScale scale, float[] labels, float[] weights, LinearLearnerOptions options)
    {
        var size = features.ColumnCount + 1;
        var gram = new GramMatrix(features.RowCount, size + 1, Fill, options.Threads, CancellationToken.None).Whole();
        var products = new double[size * size];
        var targets = new double[size];
        for (var i = 0; i < size; i++)
        {
            for (var j = i; j < size; j++)
            {
                products[(i * size) + j] = products[(j * size) + i] = gram[(i * (size + 1)) + j] / features.RowCount;
            }

            targets[i] = gram[(i * (size + 1)) + size] / features.RowCount;
        }

        return new(size, products, targets, gram[^1] / features.RowCount, options.BiasWeightDecayFactor);

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

    /// <summary>The weights that make the mean loss and the penalties least; that of the bias, which has no L1 penalty, last.</summary>
    public double[] Solve(ModelSetting setting)
    {
        // The gradient of the mean loss is 2 (Gw - c): the penalties are halved instead.
        var curvature = (double[])_products.Clone();
        for (var i = 0; i < _size; i++)
        {
            curvature[(i * _size) + i] += setting.WeightDecay / 2 * (i == _size - 1 ? _biasDecayFactor : 1);
        }

        var weights = SolveRidge(curvature);
        if (setting.L1 > 0)
        {
            Shrink(weights, curvature, setting.L1 / 2);
        }

        return weights;
    }

    /// <summary>The mean loss over the rows.</summary>
    public double MeanLoss(ReadOnlySpan<double> weights)
    {
        var loss = _labelSquares;
        for (var i = 0; i < _size; i++)
        {
            loss += weights[i] * (TensorPrimitives.Dot(_products.AsSpan(i * _size, _size), weights) - (2 * _targets[i]));
        }

        return Math.Max(loss, 0);
    }

    private double[] SolveRidge(double[] curvature)
    {
        double trace = 0;
        for (var i = 0; i < _size; i++)
        {
            trace += curvature[(i * _size) + i];
        }

        var weights = (double[])_targets.Clone();
        CholeskyFactor.Of(curvature, _size, LeastRidge * Math.Max(trace / _size, 1e-300)).Solve(weights);
        return weights;
    }

    private void Shrink(double[] weights, double[] curvature, double threshold)
    {
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var largest = 0.0;
            for (var i = 0; i < _size; i++)
            {
                var own = curvature[(i * _size) + i];
                var pull = _targets[i] - TensorPrimitives.Dot<double>(curvature.AsSpan(i * _size, _size), weights) + (own * weights[i]);
                var shrunk = i == _size - 1 ? pull : Math.Sign(pull) * Math.Max(Math.Abs(pull) - threshold, 0);
                var weight = own > 0 ? shrunk / own : 0;
                largest = Math.Max(largest, Math.Abs(weight - weights[i]));
                weights[i] = weight;
            }

            if (largest < Converged)
            {
                break;
            }
        }
    }
}
