using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;

namespace Sagebrush.Learning.Linear;

/// <summary>A loss that is quadratic in the weights, or is taken to be near some of them: ½ wᵀGw - cᵀw, that of the bias last.</summary>
/// <remarks>
/// With an L2 penalty alone its least is found by Cholesky's factors (Hoerl and Kennard, "Ridge regression", 1970); an L1 penalty is added by coordinate descent
/// (Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010, 2.2).
/// </remarks>
/// <param name="curvature">G, row after row.</param>
/// <param name="targets">c.</param>
/// <param name="biasDecayFactor">What share of the L2 penalty the bias has; it has no L1 penalty.</param>
internal sealed class PenalizedQuadratic(double[] curvature, double[] targets, double biasDecayFactor)
{
    private const int MostSweeps = 1000;
    private const double Converged = 1e-7;

    // Columns that are sums of others have no weights of their own: a trace of ridge, above what products of floats round off, shares them out.
    private const double LeastRidge = 1e-7;

    private readonly int _size = targets.Length;

    /// <summary>The loss without penalties.</summary>
    public double Value(ReadOnlySpan<double> weights)
    {
        var value = 0.0;
        for (var i = 0; i < _size; i++)
        {
            value += weights[i] * ((TensorPrimitives.Dot(curvature.AsSpan(i * _size, _size), weights) / 2) - targets[i]);
        }

        return value;
    }

    /// <summary>The penalties: half the L2 penalty times the squares, the L1 penalty times the amounts.</summary>
    public double Penalty(ReadOnlySpan<double> weights, double l2, double l1)
    {
        var own = weights[..^1];
        var bias = weights[^1];
        return (l2 / 2 * (TensorPrimitives.SumOfSquares(own) + (biasDecayFactor * bias * bias))) + (l1 * TensorPrimitives.SumOfMagnitudes(own));
    }

    /// <summary>The weights at which loss and penalties together are least.</summary>
    public double[] Solve(double l2, double l1)
    {
        var penalized = (double[])curvature.Clone();
        for (var i = 0; i < _size; i++)
        {
            penalized[(i * _size) + i] += l2 * (i == _size - 1 ? biasDecayFactor : 1);
        }

        var weights = SolveRidge(penalized);
        if (l1 > 0)
        {
            Shrink(weights, penalized, l1);
        }

        return weights;
    }

    private double[] SolveRidge(double[] penalized)
    {
        double trace = 0;
        for (var i = 0; i < _size; i++)
        {
            trace += penalized[(i * _size) + i];
        }

        var weights = (double[])targets.Clone();
        CholeskyFactor.Of(penalized, _size, LeastRidge * Math.Max(trace / _size, 1e-300)).Solve(weights);
        return weights;
    }

    private void Shrink(double[] weights, double[] penalized, double threshold)
    {
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var largest = 0.0;
            for (var i = 0; i < _size; i++)
            {
                var own = penalized[(i * _size) + i];
                var pull = targets[i] - TensorPrimitives.Dot<double>(penalized.AsSpan(i * _size, _size), weights) + (own * weights[i]);
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
