namespace Sagebrush.Learning.Networks;

/// <summary>What outputs cost, and how they should change.</summary>
internal static class NetworkLoss
{
    /// <summary>Replaces outputs by their loss's gradients.</summary>
    /// <param name="objective">The objective.</param>
    /// <param name="outputs">The outputs of a row.</param>
    /// <param name="label">Its label: a number in units of learning, or a class.</param>
    /// <param name="weight">What the row counts.</param>
    /// <returns>The loss, without the weight.</returns>
    public static double Differentiate(NetworkObjective objective, Span<float> outputs, float label, float weight)
    {
        switch (objective)
        {
            case NetworkObjective.SquaredError:
                var error = outputs[0] - label;
                outputs[0] = weight * error;
                return 0.5 * error * error;
            case NetworkObjective.AbsoluteError:
                var distance = outputs[0] - label;
                // Round where it would turn, so that steps end.
                outputs[0] = weight * Math.Clamp(distance / 0.05f, -1, 1);
                return Math.Abs(distance);
            case NetworkObjective.Binary:
                var margin = label > 0.5f ? outputs[0] : -outputs[0];
                outputs[0] = weight * ((1 / (1 + MathF.Exp(-outputs[0]))) - label);
                return Softplus(-margin);
            default:
                var own = outputs[(int)label];
                var log = Transform(outputs);
                System.Numerics.Tensors.TensorPrimitives.Multiply(outputs, weight, outputs);
                outputs[(int)label] -= weight;
                return log - own;
        }
    }

    /// <summary>Makes predictions of outputs: probabilities, or numbers in units of the label.</summary>
    public static void Predict(NetworkObjective objective, Span<float> outputs, int width, double center, double scale)
    {
        for (var at = 0; at < outputs.Length; at += width)
        {
            if (objective == NetworkObjective.Multiclass)
            {
                Transform(outputs.Slice(at, width));
                continue;
            }

            outputs[at] = objective == NetworkObjective.Binary ? 1 / (1 + MathF.Exp(-outputs[at])) : (float)(center + (scale * outputs[at]));
        }
    }

    /// <summary>Brings a row to probabilities.</summary>
    /// <returns>The logarithm of the sum of its exponentials.</returns>
    private static double Transform(Span<float> row)
    {
        var most = System.Numerics.Tensors.TensorPrimitives.Max<float>(row);
        var sum = 0f;
        foreach (ref var value in row)
        {
            value = MathF.Exp(value - most);
            sum += value;
        }

        System.Numerics.Tensors.TensorPrimitives.Divide(row, sum, row);
        return most + Math.Log(sum);
    }

    private static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
