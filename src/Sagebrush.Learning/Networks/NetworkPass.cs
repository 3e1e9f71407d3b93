using Sagebrush.Learning.Numerics;

namespace Sagebrush.Learning.Networks;

/// <summary>A way of some rows through a network, and of their gradients back.</summary>
/// <remarks>Holds what it computes; one caller at a time.</remarks>
internal sealed class NetworkPass
{
    private readonly NetworkShape _shape;
    private readonly float[] _inputs;
    private readonly float[][] _states;
    private readonly float[][] _normalized;
    private readonly float[][] _inverse;
    private readonly float[][] _entering;
    private readonly float[][] _inner;
    private readonly float[] _last;
    private readonly float[] _outputs;
    private readonly float[] _stateGradients;
    private readonly float[] _branchGradients;
    private readonly float[] _innerGradients;
    private readonly float[] _scratch;
    private float _kept = 1;

    /// <summary>Makes room.</summary>
    /// <param name="shape">The network.</param>
    /// <param name="mostRows">Rows at most.</param>
    /// <param name="learns">Whether gradients will be asked for.</param>
    public NetworkPass(NetworkShape shape, int mostRows, bool learns)
    {
        _shape = shape;
        var width = mostRows * shape.Width;
        float[][] PerBlock(int size, int more = 0) => [.. Enumerable.Range(0, shape.Blocks.Length + more).Select(_ => new float[size])];
        _inputs = new float[mostRows * shape.Inputs];
        _states = PerBlock(width, 1);
        _normalized = shape.Normalizes && learns ? PerBlock(width, 1) : [];
        _inverse = PerBlock(shape.Width, 1);
        _entering = shape.Normalizes ? PerBlock(width) : _states;
        _inner = PerBlock(mostRows * shape.Hidden);
        _last = new float[width];
        _outputs = new float[mostRows * shape.Outputs];
        Statistics = learns ? [.. Enumerable.Range(0, shape.NormCount).Select(_ => new float[shape.Width * 2])] : [];
        _stateGradients = new float[learns ? width : 0];
        _branchGradients = new float[learns ? width : 0];
        _innerGradients = new float[learns ? mostRows * shape.Hidden : 0];
        Gradients = new float[learns ? shape.Count : 0];
        _scratch = new float[shape.Width * 3];
    }

    /// <summary>The gradients of all weights, summed over the rows.</summary>
    public float[] Gradients { get; }

    /// <summary>For each normalization the means and the variances of the rows' columns.</summary>
    public float[][] Statistics { get; }

    /// <summary>The inputs of some rows, to be filled in.</summary>
    public Span<float> Inputs(int rows) => _inputs.AsSpan(0, rows * _shape.Inputs);

    /// <summary>Takes rows through a network that has learnt.</summary>
    /// <returns>The outputs, a row after the other.</returns>
    public Span<float> Infer(NetworkWeights weights, int rows) => Forward(weights, rows, null, 0);

    /// <summary>Takes rows through a network that learns: normalized by themselves, some values left out.</summary>
    public Span<float> Learn(NetworkWeights weights, int rows, RandomStream random, double dropout) => Forward(weights, rows, random, dropout);

    /// <summary>Takes the gradients of the outputs of <see cref="Learn"/> back, into <see cref="Gradients"/>.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="outputGradients">The gradients.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="firstInput">The first input whose gradients are wanted.</param>
    /// <returns>The gradients of the inputs from <paramref name="firstInput"/> on.</returns>
    public float[] Back(NetworkWeights weights, ReadOnlySpan<float> outputGradients, int rows, int firstInput)
    {
        Gradients.AsSpan().Clear();
        var (shape, width) = (_shape, rows * _shape.Width);
        var state = _stateGradients.AsSpan(0, width);
        var branch = _branchGradients.AsSpan(0, width);
        var inner = _innerGradients.AsSpan(0, rows * shape.Hidden);
        AddLayer(shape.Out, _last.AsSpan(0, width), outputGradients, rows);
        Product(outputGradients, weights.Transposed(shape.Out), shape.Outputs, shape.Width, state, rows);
        NetworkKernels.RectifyBack(_last.AsSpan(0, width), state, 1);
        NormBack(weights, shape.Last, shape.Blocks.Length, state);
        for (var block = shape.Blocks.Length - 1; block >= 0; block--)
        {
            var places = shape.Blocks[block];
            var values = _inner[block].AsSpan(0, inner.Length);
            AddLayer(places.Down, values, state, rows);
            Product(state, weights.Transposed(places.Down), shape.Width, shape.Hidden, inner, rows);
            NetworkKernels.RectifyBack(values, inner, 1 / _kept);
            AddLayer(places.Up, _entering[block].AsSpan(0, width), inner, rows);
            Product(inner, weights.Transposed(places.Up), shape.Hidden, shape.Width, branch, rows);
            NormBack(weights, places.Norm, block, branch);
            System.Numerics.Tensors.TensorPrimitives.Add(state, branch, state);
        }

        AddLayer(shape.In, _inputs.AsSpan(0, rows * shape.Inputs), state, rows);
        var wanted = shape.Inputs - firstInput;
        if (wanted == 0)
        {
            return [];
        }

        var gradients = new float[rows * wanted];
        MatrixKernel.Multiply(state, shape.Width, 1, weights.Transposed(shape.In)[firstInput..], shape.Inputs, gradients, wanted, rows, wanted, shape.Width);
        return gradients;
    }

    private static void Product(ReadOnlySpan<float> rows, ReadOnlySpan<float> matrix, int inputs, int outputs, Span<float> result, int count) =>
        MatrixKernel.Multiply(rows, inputs, 1, matrix, outputs, result, outputs, count, outputs, inputs);

    private static void Apply(NetworkWeights weights, NetworkShape.LayerPlaces layer, ReadOnlySpan<float> rows, Span<float> result, int count)
    {
        Product(rows, weights.Slice(layer.Weights, layer.Inputs * layer.Outputs), layer.Inputs, layer.Outputs, result, count);
        NetworkKernels.AddToRows(result, weights.Slice(layer.Bias, layer.Outputs));
    }

    private Span<float> Forward(NetworkWeights weights, int rows, RandomStream? random, double dropout)
    {
        var (shape, width) = (_shape, rows * _shape.Width);
        _kept = (float)(1 - dropout);
        Apply(weights, shape.In, Inputs(rows), _states[0].AsSpan(0, width), rows);
        for (var block = 0; block < shape.Blocks.Length; block++)
        {
            var places = shape.Blocks[block];
            var inner = _inner[block].AsSpan(0, rows * shape.Hidden);
            var next = _states[block + 1].AsSpan(0, width);
            Norm(weights, places.Norm, block, width, random is not null, _entering[block]);
            Apply(weights, places.Up, _entering[block].AsSpan(0, width), inner, rows);
            NetworkKernels.Rectify(inner);
            if (random is not null && dropout > 0)
            {
                LeaveOut(inner, random, dropout);
            }

            Apply(weights, places.Down, inner, next, rows);
            System.Numerics.Tensors.TensorPrimitives.Add(next, _states[block].AsSpan(0, width), next);
        }

        Norm(weights, shape.Last, shape.Blocks.Length, width, random is not null, _last);
        if (!shape.Normalizes)
        {
            _states[^1].AsSpan(0, width).CopyTo(_last);
        }

        NetworkKernels.Rectify(_last.AsSpan(0, width));
        var outputs = _outputs.AsSpan(0, rows * shape.Outputs);
        Apply(weights, shape.Out, _last.AsSpan(0, width), outputs, rows);
        return outputs;
    }

    private void Norm(NetworkWeights weights, NetworkShape.NormPlaces places, int number, int length, bool learns, float[] result)
    {
        if (!_shape.Normalizes)
        {
            return;
        }

        var width = _shape.Width;
        var scale = weights.Slice(places.Scale, width);
        var shift = weights.Slice(places.Shift, width);
        var state = _states[number].AsSpan(0, length);
        if (learns)
        {
            var normalized = _normalized[number].AsSpan(0, length);
            NetworkKernels.Normalize(state, normalized, Statistics[number].AsSpan(0, width), Statistics[number].AsSpan(width), _inverse[number]);
            NetworkKernels.Scale(normalized, scale, shift, result.AsSpan(0, length));
            return;
        }

        // (h - mean) · inverse · scale + shift, as one product and one sum.
        var factor = _inverse[number];
        var offset = _scratch.AsSpan(0, width);
        NetworkKernels.Invert(weights.Statistics[number].AsSpan(width), factor);
        for (var i = 0; i < width; i++)
        {
            factor[i] *= scale[i];
            offset[i] = shift[i] - (weights.Statistics[number][i] * factor[i]);
        }

        NetworkKernels.Scale(state, factor, offset, result.AsSpan(0, length));
    }

    private void NormBack(NetworkWeights weights, NetworkShape.NormPlaces places, int number, Span<float> gradients)
    {
        if (_shape.Normalizes)
        {
            var width = _shape.Width;
            NetworkKernels.NormalizeBack(
                _normalized[number].AsSpan(0, gradients.Length), _inverse[number], weights.Slice(places.Scale, width), gradients,
                Gradients.AsSpan(places.Scale, width), Gradients.AsSpan(places.Shift, width), _scratch);
        }
    }

    private void AddLayer(NetworkShape.LayerPlaces layer, ReadOnlySpan<float> entering, ReadOnlySpan<float> gradients, int rows)
    {
        MatrixKernel.Multiply(entering, 1, layer.Inputs, gradients, layer.Outputs, Gradients.AsSpan(layer.Weights), layer.Outputs, layer.Inputs, layer.Outputs, rows);
        NetworkKernels.SumRows(gradients, Gradients.AsSpan(layer.Bias, layer.Outputs));
    }

    private void LeaveOut(Span<float> values, RandomStream random, double dropout)
    {
        var (limit, factor, bits) = ((uint)(dropout * 65536), 1 / _kept, 0UL);
        for (var i = 0; i < values.Length; i++)
        {
            bits = i % 4 == 0 ? random.NextBits() : bits >> 16;
            values[i] = (uint)(bits & 0xFFFF) < limit ? 0 : values[i] * factor;
        }
    }
}
