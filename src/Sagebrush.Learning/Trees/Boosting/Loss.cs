using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>The loss whose gradients trees are fitted to.</summary>
/// <param name="options">Which one.</param>
/// <param name="labels">The labels.</param>
/// <param name="weights">Weight of each row; empty for equal ones.</param>
internal sealed class Loss(GradientBoostingOptions options, ReadOnlyMemory<float> labels, ReadOnlyMemory<float> weights)
{
    /// <summary>Whether leaves take the median of their rows' errors instead of a Newton step.</summary>
    public bool TakesMedians => options.Objective == BoostingObjective.AbsoluteError;

    /// <summary>What scores start from: the constant that makes the loss smallest.</summary>
    public double[] Start()
    {
        var y = labels.Span;
        var (sum, total) = (0.0, 0.0);
        var shares = new double[options.OutputCount];
        for (var row = 0; row < y.Length; row++)
        {
            var weight = Weight(row);
            total += weight;
            sum += weight * y[row];
            if (options.Objective == BoostingObjective.Multiclass)
            {
                shares[(int)y[row]] += weight;
            }
        }

        return options.Objective switch
        {
            BoostingObjective.Multiclass => Array.ConvertAll(shares, share => Math.Log(Math.Max(share / total, 1e-15))),
            BoostingObjective.Binary => [Math.Log(Math.Clamp(sum / total, 1e-15, 1 - 1e-15) / (1 - Math.Clamp(sum / total, 1e-15, 1 - 1e-15)))],
            BoostingObjective.AbsoluteError => [Median(labels.ToArray().Select(label => (double)label).ToArray(), [.. Enumerable.Range(0, y.Length)])],
            _ => [sum / total],
        };
    }

    /// <summary>Gradients and hessians of some rows.</summary>
    /// <param name="scores">The scores of each output.</param>
    /// <param name="start">The first row.</param>
    /// <param name="end">The end of the rows.</param>
    /// <param name="derivatives">Receives, for each output, gradient and hessian per row.</param>
    public void Differentiate(double[][] scores, int start, int end, Vector128<double>[][] derivatives)
    {
        var y = labels.Span;
        switch (options.Objective)
        {
            case BoostingObjective.Multiclass:
                Softmax(scores, start, end, derivatives);
                break;
            case BoostingObjective.Binary:
                Span<double> chances = stackalloc double[256];
                for (; start < end; start += chances.Length)
                {
                    chances = chances[..Math.Min(chances.Length, end - start)];
                    TensorPrimitives.Sigmoid<double>(scores[0].AsSpan(start, chances.Length), chances);
                    for (var i = 0; i < chances.Length; i++)
                    {
                        var row = start + i;
                        derivatives[0][row] = Vector128.Create(chances[i] - y[row], Math.Max(chances[i] * (1 - chances[i]), 1e-16)) * Weight(row);
                    }
                }

                break;
            default:
                for (var row = start; row < end; row++)
                {
                    var error = scores[0][row] - y[row];
                    var slope = options.Objective switch
                    {
                        BoostingObjective.AbsoluteError => Math.Sign(error),
                        BoostingObjective.Huber => Math.Clamp(error, -options.HuberDelta, options.HuberDelta),
                        _ => error,
                    };
                    derivatives[0][row] = Vector128.Create(slope, 1) * Weight(row);
                }

                break;
        }
    }

    /// <summary>The weighted median of what scores lack in some rows.</summary>
    public double MedianError(double[] scores, ReadOnlySpan<int> rows)
    {
        var errors = new double[rows.Length];
        for (var i = 0; i < errors.Length; i++)
        {
            errors[i] = labels.Span[rows[i]] - scores[rows[i]];
        }

        return Median(errors, rows.ToArray());
    }

    private double Weight(int row) => weights.IsEmpty ? 1 : weights.Span[row];

    private double Median(double[] values, int[] rows)
    {
        var mass = Array.ConvertAll(rows, Weight);
        Array.Sort(values, mass);
        var half = mass.Sum() / 2;
        var below = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            below += mass[i];
            if (below > half)
            {
                return values[i];
            }

            if (below == half)
            {
                return i + 1 < values.Length ? (values[i] + values[i + 1]) / 2 : values[i];
            }
        }

        return values.Length > 0 ? values[^1] : 0;
    }

    private void Softmax(double[][] scores, int start, int end, Vector128<double>[][] derivatives)
    {
        var classes = scores.Length;
        var factor = classes / (classes - 1.0);
        Span<double> chances = classes <= 64 ? stackalloc double[classes] : new double[classes];
        for (var row = start; row < end; row++)
        {
            for (var label = 0; label < classes; label++)
            {
                chances[label] = scores[label][row];
            }

            TensorPrimitives.SoftMax<double>(chances, chances);
            var weight = Weight(row);
            for (var label = 0; label < classes; label++)
            {
                var chance = chances[label];
                var target = (int)labels.Span[row] == label ? 1 : 0;
                derivatives[label][row] = Vector128.Create(chance - target, Math.Max(factor * chance * (1 - chance), 1e-16)) * weight;
            }
        }
    }
}
