using System.Numerics.Tensors;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Linear;

/// <summary>The weights that make the logistic loss and penalties least, by Newton's method.</summary>
/// <remarks>
/// Each step makes a quadratic of the loss (iteratively reweighted least squares: McCullagh and Nelder, "Generalized Linear Models", 1989, 2.5), whose least under
/// the penalties is the next point (Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010, 3). The
/// first steps look at some of the rows only, and each penalty begins where the one before ended, mostly without another look.
/// </remarks>
internal sealed class LogisticNewton
{
    private const int MostPasses = 40;
    private const int MostHalvings = 12;

    // In nats per row: what a last step is expected to gain. What it then leaves is a hundredth of that, as Newton's method converges quadratically.
    private const double Converged = 2e-6;

    // Rows that are certain bend the loss no more; without any bend at all a step could go anywhere.
    private const double LeastCurvature = 1e-6;

    private const int FirstRowsPerColumn = 200;

    private readonly FeatureMatrix _features;
    private readonly ColumnScale _scale;
    private readonly float[] _labels;
    private readonly float[] _weights;
    private readonly LinearLearnerOptions _options;
    private readonly int _size;
    private readonly double[] _blockLosses;

    private LogisticNewton(FeatureMatrix features, ColumnScale scale, float[] labels, float[] weights, LinearLearnerOptions options)
    {
        (_features, _scale, _labels, _weights, _options) = (features, scale, labels, weights, options);
        _size = features.ColumnCount + 1;
        _blockLosses = new double[features.RowCount];
    }

    /// <summary>Finds the weights under several penalties.</summary>
    /// <param name="features">The features.</param>
    /// <param name="scale">How they are scaled.</param>
    /// <param name="labels">0 or 1 per row.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="settings">The penalties.</param>
    /// <param name="options">Whether there is a bias, its decay, and the threads.</param>
    /// <param name="cancellationToken">Ends the search early, with the weights as they are then.</param>
    public static FoundWeights[] Solve(
        FeatureMatrix features,
        ColumnScale scale,
        float[] labels,
        float[] weights,
        ModelSetting[] settings,
        LinearLearnerOptions options,
        CancellationToken cancellationToken)
    {
        var newton = new LogisticNewton(features, scale, labels, weights, options);
        var found = new FoundWeights[settings.Length];

        // From the strongest on: that is the nearest to no weights at all, and each of the others is near the one before it.
        int[] order = [.. Enumerable.Range(0, settings.Length).OrderByDescending(model => settings[model].WeightDecay).ThenByDescending(model => settings[model].L1)];
        var at = newton.Begin(settings[order[0]], cancellationToken);
        foreach (var model in order)
        {
            found[model] = newton.Descend(ref at, settings[model], features.RowCount, cancellationToken);
        }

        return found;
    }

    /// <summary>Where to begin: at what some of the rows ask for, if that serves all of them better than nothing does.</summary>
    private Expansion Begin(ModelSetting setting, CancellationToken cancellationToken)
    {
        var none = new double[_size];
        var some = FirstRowsPerColumn * _size;
        if (some > _features.RowCount / 4)
        {
            return Look(none, _features.RowCount);
        }

        var at = Look(none, some);
        var guess = Look(Descend(ref at, setting, some, cancellationToken).Weights, _features.RowCount);
        var lossOfNone = Math.Log(2) * TensorPrimitives.Sum<float>(_weights) / _features.RowCount;
        return guess.MeanLoss < lossOfNone ? guess : Look(none, _features.RowCount);
    }

    /// <summary>Goes on from a point until the loss of some of the rows and the penalties are least.</summary>
    /// <param name="at">The point; then the last one that was looked at.</param>
    /// <param name="setting">The penalties.</param>
    /// <param name="rows">How many of the rows.</param>
    /// <param name="cancellationToken">Ends the search early.</param>
    private FoundWeights Descend(ref Expansion at, ModelSetting setting, int rows, CancellationToken cancellationToken)
    {
        var (l2, l1) = (setting.WeightDecay, setting.L1);
        for (var pass = 0; ; pass++)
        {
            var next = at.Quadratic.Solve(l2, l1);
            var penalty = at.Quadratic.Penalty(at.Weights, l2, l1);
            var change = at.Quadratic.Value(next) - at.Quadratic.Value(at.Weights);
            var gain = penalty - at.Quadratic.Penalty(next, l2, l1) - change;
            if (gain < Converged || pass == MostPasses || cancellationToken.IsCancellationRequested)
            {
                return new(next, Math.Max(at.MeanLoss + change, 0));
            }

            var looked = Look(next, rows);
            for (var halving = 0; !(looked.MeanLoss + looked.Quadratic.Penalty(looked.Weights, l2, l1) < at.MeanLoss + penalty); halving++)
            {
                if (halving == MostHalvings)
                {
                    return new(at.Weights, at.MeanLoss);
                }

                TensorPrimitives.Add(next, at.Weights, next);
                TensorPrimitives.Divide(next, 2, next);
                looked = Look((double[])next.Clone(), rows);
            }

            at = looked;
        }
    }

    /// <summary>Reads rows, spread over all of them, and makes a quadratic of their loss near some weights.</summary>
    private Expansion Look(double[] at, int rows)
    {
        Array.Clear(_blockLosses);
        var weights = Array.ConvertAll(at, weight => (float)weight);
        var gram = new GramMatrix(rows, _size + 1, Fill, _options.Threads, CancellationToken.None).Whole();
        var (curvature, targets) = GramMatrix.Split(gram, _size, 1.0 / rows);
        for (var i = 0; i < _size; i++)
        {
            targets[i] += TensorPrimitives.Dot<double>(curvature.AsSpan(i * _size, _size), at);
        }

        return new(at, new PenalizedQuadratic(curvature, targets, _options.BiasWeightDecayFactor), TensorPrimitives.Sum<double>(_blockLosses) / rows);

        // The scaled features and 1 for the bias, times the root of the loss's bend, and its slope over that root: their products are the bend and the slope in the weights.
        void Fill(int first, int count, float[] block)
        {
            var loss = 0.0;
            for (var i = 0; i < count; i++)
            {
                var row = rows == _features.RowCount ? first + i : Spread(first + i);
                var to = block.AsSpan(i * (_size + 1), _size + 1);
                _scale.Apply(_features, [row], _options.UseBias ? 1 : 0, to);
                var own = to[.._size];
                double margin = TensorPrimitives.Dot<float>(own, weights);
                var odds = Math.Exp(-Math.Abs(margin));
                var (isPositive, weight) = (_labels[row] > 0.5f, _weights[row]);
                var probability = margin >= 0 ? 1 / (1 + odds) : odds / (1 + odds);
                loss += weight * (Math.Log(1 + odds) + Math.Max(0, isPositive ? -margin : margin));
                var root = Math.Sqrt(weight * Math.Max(odds / ((1 + odds) * (1 + odds)), LeastCurvature));
                TensorPrimitives.Multiply(own, (float)root, own);
                to[_size] = root > 0 ? (float)(weight * ((isPositive ? 1 : 0) - probability) / root) : 0;
            }

            _blockLosses[first] = loss;
        }
    }

    /// <summary>A row for a number: steps of the golden ratio leave no gaps, and meet no rhythm that the rows may have.</summary>
    private int Spread(int number)
    {
        const double GoldenRatio = 0.61803398874989485;
        var at = (number + 0.5) * GoldenRatio;
        return (int)((at - Math.Floor(at)) * _features.RowCount);
    }

    /// <summary>The loss near some weights.</summary>
    private sealed record Expansion(double[] Weights, PenalizedQuadratic Quadratic, double MeanLoss);
}
