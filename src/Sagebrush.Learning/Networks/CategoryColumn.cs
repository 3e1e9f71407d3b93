namespace Sagebrush.Learning.Networks;

/// <summary>A feature whose numbers are names: which of its embeddings a value has.</summary>
internal sealed class CategoryColumn
{
    /// <summary>Values at most; the rarest others are like unknown ones.</summary>
    private const int Most = 4096;

    /// <summary>Rows of a value at least; an embedding of fewer would tell of them alone.</summary>
    private const int FewestRows = 3;

    private readonly float[] _values;

    private CategoryColumn(float[] values, int size) => (_values, Size) = (values, size);

    /// <summary>Numbers per embedding.</summary>
    public int Size { get; }

    /// <summary>Number of embeddings; the first is that of missing and unknown values.</summary>
    public int Count => _values.Length + 1;

    /// <summary>The values that have an embedding, ascending.</summary>
    public IReadOnlyList<float> Values => _values;

    /// <summary>Learns from a column.</summary>
    public static CategoryColumn Learn(float[] values, int mostNumbers)
    {
        float[] kept =
        [
            .. values.Where(float.IsFinite).CountBy(value => value).Where(entry => entry.Value >= FewestRows)
                .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(Most).Select(entry => entry.Key).Order(),
        ];
        return new(kept, Math.Clamp((int)Math.Round(1.6 * Math.Pow(kept.Length + 1, 0.56)), 1, mostNumbers));
    }

    /// <summary>Reads what <see cref="Store"/> wrote.</summary>
    public static CategoryColumn Read(ReadOnlySpan<float> stored) => new(stored[1..].ToArray(), (int)stored[0]);

    /// <summary>The column as numbers.</summary>
    public float[] Store() => [Size, .. _values];

    /// <summary>The embedding of a value.</summary>
    public int Find(float value) => float.IsFinite(value) && Array.BinarySearch(_values, value) is >= 0 and var at ? at + 1 : 0;
}
