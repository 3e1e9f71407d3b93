namespace Sagebrush.Learning.Networks;

/// <summary>The weights of a network, with its matrices transposed beside them where gradients need them so.</summary>
internal sealed class NetworkWeights(NetworkShape shape)
{
    private readonly Dictionary<int, float[]> _transposed = shape.Layers.ToDictionary(layer => layer.Weights, layer => new float[layer.Inputs * layer.Outputs]);

    /// <summary>All weights.</summary>
    public float[] Values { get; init; } = new float[shape.Count];

    /// <summary>For each normalization the running means of its columns, then their variances.</summary>
    public float[][] Statistics { get; init; } = [.. Enumerable.Range(0, shape.NormCount).Select(_ =>
    {
        var statistics = new float[shape.Width * 2];
        statistics.AsSpan(shape.Width).Fill(1);
        return statistics;
    })];

    /// <summary>Some of the weights.</summary>
    public ReadOnlySpan<float> Slice(int start, int count) => Values.AsSpan(start, count);

    /// <summary>A layer's matrix, a row per output.</summary>
    public ReadOnlySpan<float> Transposed(NetworkShape.LayerPlaces layer) => _transposed[layer.Weights];

    /// <summary>Transposes what has changed.</summary>
    public void Transpose()
    {
        foreach (var layer in shape.Layers)
        {
            NetworkKernels.Transpose(Slice(layer.Weights, layer.Inputs * layer.Outputs), layer.Inputs, layer.Outputs, _transposed[layer.Weights]);
        }
    }

    /// <summary>A copy as it is now.</summary>
    public NetworkWeights Copy() => new(shape) { Values = [.. Values], Statistics = [.. Statistics.Select(statistics => (float[])[.. statistics])] };
}
