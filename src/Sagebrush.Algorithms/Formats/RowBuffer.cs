using System.Buffers;

namespace Sagebrush.Algorithms.Formats;

/// <summary>Rows of a request, one after the other in pooled memory.</summary>
internal ref struct RowBuffer(int featureCount)
{
    /// <summary>Values held at once, 256 MB: a few bytes of sparse rows could ask for any number of them.</summary>
    private const int MostValues = 1 << 26;

    private float[]? _values;

    /// <summary>Number of features per row.</summary>
    public readonly int FeatureCount => featureCount;

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>All values.</summary>
    public readonly ReadOnlySpan<float> Values => _values.AsSpan(0, Count * featureCount);

    /// <summary>Memory for the next row, with old values in it. It counts once <see cref="Commit"/> is called.</summary>
    /// <exception cref="InferenceInputException">The request has too many rows for the model's width.</exception>
    public Span<float> Next()
    {
        if ((Count + 1L) * featureCount > MostValues && Count > 0)
        {
            throw new InferenceInputException(
                400, $"The request has more than {Count} rows of {featureCount} features, too many at once. Please send fewer rows per request.");
        }

        var needed = (Count + 1) * featureCount;
        if (_values is null || _values.Length < needed)
        {
            var larger = ArrayPool<float>.Shared.Rent(Math.Max(1, Count == 0 ? needed : needed * 2));
            Values.CopyTo(larger);
            Return();
            _values = larger;
        }

        return _values.AsSpan(Count * featureCount, featureCount);
    }

    /// <summary>Counts the row that <see cref="Next"/> gave.</summary>
    public void Commit() => Count++;

    /// <summary>Gives the memory back.</summary>
    public readonly void Return()
    {
        if (_values is not null)
        {
            ArrayPool<float>.Shared.Return(_values);
        }
    }
}
