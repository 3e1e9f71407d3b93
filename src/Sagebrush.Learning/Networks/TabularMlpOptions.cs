namespace Sagebrush.Learning.Networks;

/// <summary>How <see cref="TabularMlp"/> learns.</summary>
public sealed record TabularMlpOptions
{
    /// <summary>What is made small.</summary>
    public NetworkObjective Objective { get; init; }

    /// <summary>Number of classes, for <see cref="NetworkObjective.Multiclass"/>.</summary>
    public int ClassCount { get; init; }

    /// <summary>Features whose whole numbers are names; each gets an embedding.</summary>
    public IReadOnlyList<int> CategoricalFeatures { get; init; } = [];

    /// <summary>How numbers are seen.</summary>
    public NumberEncoding Encoding { get; init; } = NumberEncoding.PiecewiseLinear;

    /// <summary>Bins per number at most, for <see cref="NumberEncoding.PiecewiseLinear"/>.</summary>
    public int Bins { get; init; } = 16;

    /// <summary>Numbers an embedding has at most.</summary>
    public int EmbeddingSize { get; init; } = 24;

    /// <summary>Width of what goes from block to block.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Width within a block.</summary>
    public int HiddenWidth { get; init; } = 128;

    /// <summary>Number of residual blocks.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>Whether batches are normalized, in ghosts of <see cref="TabularMlp.ChunkRows"/> rows.</summary>
    public bool NormalizesBatches { get; init; } = true;

    /// <summary>Share of a block's inner values that is left out in each step.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Rows per step.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Times that all rows are seen at most.</summary>
    public int Epochs { get; init; } = 24;

    /// <summary>Epochs without improvement on the validation rows after which learning ends; 0 for never.</summary>
    public int Patience { get; init; } = 8;

    /// <summary>Largest step; it is reached after a tenth of the way and falls to nothing along a cosine.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>What weights lose beside their gradients (AdamW: Loshchilov and Hutter 2019).</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>How many seconds are left; learning is cut to what fits in them. Null for no limit.</summary>
    public Func<double>? SecondsLeft { get; init; }

    /// <summary>Threads at most; 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Seed.</summary>
    public long Seed { get; init; }

    /// <summary>Number of outputs.</summary>
    internal int OutputCount => Objective == NetworkObjective.Multiclass ? ClassCount : 1;
}
