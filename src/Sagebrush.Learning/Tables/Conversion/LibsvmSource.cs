namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Rows of libsvm.</summary>
internal sealed class LibsvmSource(IReadOnlyList<string> paths, ConversionOptions options) : ITableSource
{
    private readonly SparseTable _table = LibsvmTableReader.Read(paths);
    private int _row;

    public bool IsDouble => false;

    public IReadOnlyList<string> Header => [];

    public bool Read(TableRow row)
    {
        if (_row == _table.RowCount)
        {
            return false;
        }

        row.SetLabels(1)[0] = _table.Labels[_row];
        var start = (int)_table.RowStarts[_row];
        var values = row.SetSparse((int)_table.RowStarts[_row + 1] - start, Math.Max(0, _table.ColumnCount - options.FirstIndex), out var keys);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _table.Values[start + i];
            keys[i] = _table.Indices[start + i] - options.FirstIndex;
            if (keys[i] < 0)
            {
                throw new TableFormatException($"Row {_row + 1} has the index {_table.Indices[start + i]}, below the first one, {options.FirstIndex}.");
            }
        }

        _row++;
        return true;
    }

    public void Dispose()
    {
    }
}
