namespace Sagebrush.Learning.Tables;

/// <summary>The features estimators learn from: floats, row after row.</summary>
public readonly struct FeatureMatrix
{
    /// <summary>Takes values without copying them.</summary>
    /// <param name="values">All values, row after row.</param>
    /// <param name="rowCount">Number of rows.</param>
    /// <param name="columnCount">Number of features.</param>
    public FeatureMatrix(ReadOnlyMemory<float> values, int rowCount, int columnCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        if (values.Length != (long)rowCount * columnCount)
        {
            throw new ArgumentException($"{values.Length} values are not {rowCount} rows of {columnCount} features.", nameof(values));
        }

        Memory = values;
        RowCount = rowCount;
        ColumnCount = columnCount;
    }

    /// <summary>All values, row after row.</summary>
    public ReadOnlyMemory<float> Memory { get; }

    /// <summary>All values, row after row.</summary>
    public ReadOnlySpan<float> Values => Memory.Span;

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Number of features.</summary>
    public int ColumnCount { get; }

    /// <summary>The features of a row.</summary>
    public ReadOnlySpan<float> Row(int index) => Memory.Span.Slice(index * ColumnCount, ColumnCount);

    /// <summary>Consecutive rows, without copying them.</summary>
    public FeatureMatrix Rows(int start, int count) => new(Memory.Slice(start * ColumnCount, count * ColumnCount), count, ColumnCount);

    /// <summary>A copy of some rows, in the order given.</summary>
    public FeatureMatrix Take(ReadOnlySpan<int> rows)
    {
        var values = GC.AllocateUninitializedArray<float>(checked(rows.Length * ColumnCount));
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(values.AsSpan(i * ColumnCount));
        }

        return new(values, rows.Length, ColumnCount);
    }
}
