using Sagebrush.Learning.Networks;

namespace Sagebrush.Learning.Tests.Networks;

/// <summary>A network's loss in double precision, loop by loop: what gradients are held against.</summary>
internal static class NetworkOracle
{
    /// <summary>The summed log loss of two classes.</summary>
    public static double Loss(NetworkShape shape, double[] weights, float[] inputs, float[] labels)
    {
        var rows = labels.Length;
        var state = Layer(weights, shape.In, Array.ConvertAll(inputs, input => (double)input), rows);
        foreach (var block in shape.Blocks)
        {
            var inner = Layer(weights, block.Up, Norm(shape, weights, block.Norm, state, rows), rows);
            var branch = Layer(weights, block.Down, Array.ConvertAll(inner, value => Math.Max(0, value)), rows);
            state = [.. state.Zip(branch, (a, b) => a + b)];
        }

        var last = Array.ConvertAll(Norm(shape, weights, shape.Last, state, rows), value => Math.Max(0, value));
        return Layer(weights, shape.Out, last, rows).Zip(labels, (output, label) => Math.Log(1 + Math.Exp(label == 1 ? -output : output))).Sum();
    }

    private static double[] Layer(double[] weights, NetworkShape.LayerPlaces layer, double[] rows, int count)
    {
        var result = new double[count * layer.Outputs];
        for (var row = 0; row < count; row++)
        {
            for (var output = 0; output < layer.Outputs; output++)
            {
                var sum = weights[layer.Bias + output];
                for (var input = 0; input < layer.Inputs; input++)
                {
                    sum += rows[(row * layer.Inputs) + input] * weights[layer.Weights + (input * layer.Outputs) + output];
                }

                result[(row * layer.Outputs) + output] = sum;
            }
        }

        return result;
    }

    private static double[] Norm(NetworkShape shape, double[] weights, NetworkShape.NormPlaces places, double[] rows, int count)
    {
        if (!shape.Normalizes)
        {
            return rows;
        }

        var result = new double[rows.Length];
        for (var column = 0; column < shape.Width; column++)
        {
            double[] values = [.. Enumerable.Range(0, count).Select(row => rows[(row * shape.Width) + column])];
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-5);
            for (var row = 0; row < count; row++)
            {
                result[(row * shape.Width) + column] = ((values[row] - mean) / deviation * weights[places.Scale + column]) + weights[places.Shift + column];
            }
        }

        return result;
    }
}
