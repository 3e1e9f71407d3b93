using System.Numerics.Tensors;

namespace Sagebrush.Learning.Linear;

/// <summary>Losses of many models' scores at once, and their derivatives in place of the scores.</summary>
/// <param name="loss">The loss.</param>
/// <param name="parameter">ε, q, δ or the margin, as the loss has one, in the units of the labels it sees.</param>
internal sealed class LossKernel(LinearLoss loss, float parameter)
{
    /// <summary>Adds losses per model and turns scores into derivatives.</summary>
    /// <param name="scores">Row after row, <paramref name="stride"/> values each: models with <paramref name="outputs"/> scores each, then padding.</param>
    /// <param name="stride">Values per row.</param>
    /// <param name="models">Models per row.</param>
    /// <param name="outputs">Scores per model.</param>
    /// <param name="labels">Label per row.</param>
    /// <param name="weights">Weight per row.</param>
    /// <param name="sums">Receives the weighted losses, per model.</param>
    public void Evaluate(Span<float> scores, int stride, int models, int outputs, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights, Span<double> sums)
    {
        Span<float> scratch = stackalloc float[128];
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.Slice(i * stride, models * outputs);
            if (outputs == 1)
            {
                for (var at = 0; at < row.Length; at += scratch.Length)
                {
                    var part = row[at..Math.Min(row.Length, at + scratch.Length)];
                    Row(part, labels[i], weights[i], sums[at..], scratch[..part.Length]);
                }
            }
            else
            {
                for (var model = 0; model < models; model++)
                {
                    sums[model] += weights[i] * Classes(row.Slice(model * outputs, outputs), (int)labels[i], weights[i]);
                }
            }
        }
    }

    private void Row(Span<float> z, float label, float weight, Span<double> sums, Span<float> scratch)
    {
        switch (loss)
        {
            case LinearLoss.Squared:
                for (var m = 0; m < z.Length; m++)
                {
                    var e = z[m] - label;
                    sums[m] += weight * e * e;
                    z[m] = 2 * weight * e;
                }

                break;
            case LinearLoss.Logistic:
                // log(1 + exp(z)) - y z, of |z| so that nothing overflows.
                TensorPrimitives.Abs(z, scratch);
                TensorPrimitives.Negate(scratch, scratch);
                TensorPrimitives.Exp(scratch, scratch);
                for (var m = 0; m < z.Length; m++)
                {
                    var small = scratch[m];
                    var p = z[m] >= 0 ? 1 / (1 + small) : small / (1 + small);
                    scratch[m] = 1 + small;
                    sums[m] += weight * (Math.Max(z[m], 0) - (label * z[m]));
                    z[m] = weight * (p - label);
                }

                TensorPrimitives.Log(scratch, scratch);
                for (var m = 0; m < z.Length; m++)
                {
                    sums[m] += weight * scratch[m];
                }

                break;
            case LinearLoss.Hinge:
                var sign = label > 0.5f ? 1f : -1f;
                for (var m = 0; m < z.Length; m++)
                {
                    var short0 = parameter - (sign * z[m]);
                    sums[m] += short0 > 0 ? weight * short0 : 0;
                    z[m] = short0 > 0 ? -sign * weight : 0;
                }

                break;
            default:
                for (var m = 0; m < z.Length; m++)
                {
                    var (value, slope) = Difference(z[m] - label);
                    sums[m] += weight * value;
                    z[m] = weight * slope;
                }

                break;
        }
    }

    private (float Value, float Slope) Difference(float e)
    {
        var size = MathF.Abs(e);
        var sign = MathF.Sign(e);
        var beyond = size - parameter;
        return loss switch
        {
            LinearLoss.Absolute => (size, sign),
            LinearLoss.EpsilonInsensitiveSquared => beyond > 0 ? (beyond * beyond, 2 * beyond * sign) : (0, 0),
            LinearLoss.EpsilonInsensitiveAbsolute => beyond > 0 ? (beyond, sign) : (0, 0),
            LinearLoss.Quantile => e < 0 ? (-parameter * e, -parameter) : ((1 - parameter) * e, e > 0 ? 1 - parameter : 0),
            _ => beyond > 0 ? (parameter * (size - (parameter / 2)), parameter * sign) : (e * e / 2, e),
        };
    }

    private double Classes(Span<float> z, int label, float weight)
    {
        double value = 0;
        if (loss == LinearLoss.Hinge)
        {
            for (var k = 0; k < z.Length; k++)
            {
                var sign = k == label ? 1f : -1f;
                var missing = parameter - (sign * z[k]);
                value += Math.Max(0, missing);
                z[k] = missing > 0 ? -sign * weight : 0;
            }

            return value;
        }

        var chosen = z[label];
        var largest = TensorPrimitives.Max((ReadOnlySpan<float>)z);
        TensorPrimitives.Subtract(z, largest, z);
        TensorPrimitives.Exp(z, z);
        float sum = 0;
        foreach (var e in z)
        {
            sum += e;
        }

        TensorPrimitives.Multiply(z, weight / sum, z);
        z[label] -= weight;
        return Math.Log(sum) + largest - chosen;
    }
}
