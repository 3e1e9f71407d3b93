using System.Buffers;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>Rows of a request, one after the other in pooled memory.</summary>
internal ref struct RowBuffer(int featureCount)
{
    private float[]? _values;

    /// <summary>Number of features per row.</summary>
    public readonly int FeatureCount => featureCount;

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>All values.</summary>
    public readonly ReadOnlySpan<float> Values => _values.AsSpan(0, Count * featureCount);

    /// <summary>Memory for the next row, with old values in it. It counts once <see cref="Commit"/> is called.</summary>
    public Span<float> Next()
    {
        var needed = checked((Count + 1) * featureCount);
        if (_values is null || _values.Length < needed)
        {
            var larger = ArrayPool<float>.Shared.Rent(Math.Max(1, Count == 0 ? needed : checked(needed * 2)));
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
