namespace Sagebrush.Learning.Networks;

/// <summary>Where in one array of numbers each layer of a network has its weights.</summary>
/// <remarks>
/// <c>h = x·In + b</c>, then for each block <c>h += dropout(relu(norm(h)·Up + b))·Down + b</c>, then <c>relu(norm(h))·Out + b</c>: the ResNet of Gorishniy et al.,
/// Revisiting Deep Learning Models for Tabular Data (2021). Matrices lie row after row, a row per input.
/// </remarks>
internal sealed class NetworkShape
{
    private readonly List<Range> _decayed = [];

    public NetworkShape(int inputs, int width, int hidden, int blocks, int outputs, bool normalizes, int embeddings)
    {
        (Inputs, Width, Hidden, Outputs, Normalizes) = (inputs, width, hidden, outputs, normalizes);
        Embeddings = Take(embeddings, false);
        In = Layer(inputs, width);
        Blocks = new BlockPlaces[blocks];
        for (var i = 0; i < blocks; i++)
        {
            Blocks[i] = new(Norm(), Layer(width, hidden), Layer(hidden, width));
        }

        Last = Norm();
        Out = Layer(width, outputs);
    }

    public int Inputs { get; }

    public int Width { get; }

    public int Hidden { get; }

    public int Outputs { get; }

    /// <summary>Whether there is a normalization before each block and before the outputs.</summary>
    public bool Normalizes { get; }

    /// <summary>Where embeddings begin.</summary>
    public int Embeddings { get; }

    public LayerPlaces In { get; }

    public BlockPlaces[] Blocks { get; }

    public NormPlaces Last { get; }

    public LayerPlaces Out { get; }

    /// <summary>Number of weights.</summary>
    public int Count { get; private set; }

    /// <summary>Number of normalizations.</summary>
    public int NormCount => Normalizes ? Blocks.Length + 1 : 0;

    /// <summary>The weights that decay: those of matrices.</summary>
    public IReadOnlyList<Range> Decayed => _decayed;

    /// <summary>All layers.</summary>
    public IEnumerable<LayerPlaces> Layers => [In, .. Blocks.SelectMany(block => (LayerPlaces[])[block.Up, block.Down]), Out];

    private LayerPlaces Layer(int inputs, int outputs) => new(Take(inputs * outputs, true), Take(outputs, false), inputs, outputs);

    private NormPlaces Norm() => Normalizes ? new(Take(Width, false), Take(Width, false)) : default;

    private int Take(int count, bool decays)
    {
        var start = Count;
        Count = checked(Count + count);
        if (decays)
        {
            _decayed.Add(start..Count);
        }

        return start;
    }

    /// <summary>A matrix, and what is added to its product.</summary>
    public readonly record struct LayerPlaces(int Weights, int Bias, int Inputs, int Outputs);

    /// <summary>What normalized values are multiplied by, and what is added.</summary>
    public readonly record struct NormPlaces(int Scale, int Shift);

    /// <summary>A residual block.</summary>
    public readonly record struct BlockPlaces(NormPlaces Norm, LayerPlaces Up, LayerPlaces Down);
}
