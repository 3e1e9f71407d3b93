namespace Sagebrush.Learning.Tables;

/// <summary>A table of numbers in row-major order; NaN is a missing value.</summary>
public sealed class DenseTable
{
    private readonly float[] _values;

    internal DenseTable(float[] values, int rowCount, int columnCount, IReadOnlyList<string> header)
    {
        _values = values;
        RowCount = rowCount;
        ColumnCount = columnCount;
        Header = header;
    }

    /// <summary>Number of rows.</summary>
    public int RowCount { get; }

    /// <summary>Number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Names of the columns, empty when the table came without a header.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>All values, row after row.</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, RowCount * ColumnCount);

    /// <summary>The values of a row.</summary>
    public ReadOnlySpan<float> Row(int index) => Values.Slice(index * ColumnCount, ColumnCount);

    /// <summary>A copy of a column.</summary>
    public float[] Column(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ColumnCount, nameof(index));
        var column = new float[RowCount];
        for (var row = 0; row < column.Length; row++)
        {
            column[row] = _values[(row * ColumnCount) + index];
        }

        return column;
    }
}
