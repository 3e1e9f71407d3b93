using Sagebrush.Learning.Tables.DuckDb;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Rows of CSV or Parquet, through DuckDB.</summary>
internal sealed class SqlSource : ITableSource
{
    private readonly DuckDbSession _session;
    private readonly NumericChunks _chunks;
    private readonly int _labels;
    private readonly int _columns;
    private double[] _values = [];
    private int _row;

    public SqlSource(string table, ConversionOptions options)
    {
        _session = DuckDbSession.Open();
        try
        {
            var columns = _session.Describe($"SELECT * FROM {table}");
            if (columns.FirstOrDefault(column => !ParquetTableReader.IsNumeric(column.Type)) is { Name: not null } other)
            {
                throw new TableFormatException($"The column '{other.Name}' has the type {other.Type}, which is not a number's.");
            }

            Header = [.. columns.Select(column => column.Name)];
            IsDouble = columns.Any(column => column.Type is not ("FLOAT" or "BOOLEAN" or "TINYINT" or "SMALLINT"));
            _columns = columns.Count;
            _labels = Math.Min(options.LabelCount, _columns);
            _chunks = _session.Query($"SELECT {string.Join(", ", columns.Select(column => $"CAST({DuckDbSession.Name(column.Name)} AS DOUBLE)"))} FROM {table}");
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public bool IsDouble { get; }

    public IReadOnlyList<string> Header { get; }

    /// <summary>The table function that reads files.</summary>
    public static string Table(TableFormat format, IReadOnlyList<string> paths, ConversionOptions options)
    {
        var files = $"[{string.Join(", ", paths.Select(ParquetTableReader.Escape))}]";
        return format == TableFormat.Parquet
            ? $"read_parquet({files})"
            : $"read_csv({files}, sample_size = -1, nullstr = ['', 'nan', 'NaN', 'NA']{(options.HasHeader is { } header ? $", header = {(header ? "true" : "false")}" : "")})";
    }

    public bool Read(TableRow row)
    {
        if (_row == _chunks.RowCount && !NextChunk())
        {
            return false;
        }

        var values = _values.AsSpan(_row * _columns, _columns);
        values[.._labels].CopyTo(row.SetLabels(_labels));
        values[_labels..].CopyTo(row.SetDense(_columns - _labels));
        _row++;
        return true;
    }

    public void Dispose()
    {
        _chunks.Dispose();
        _session.Dispose();
    }

    private bool NextChunk()
    {
        _row = 0;
        if (!_chunks.MoveNext())
        {
            return false;
        }

        Array.Resize(ref _values, Math.Max(_values.Length, _chunks.RowCount * _columns));
        for (var column = 0; column < _columns; column++)
        {
            _chunks.Copy(column, _values.AsSpan(column), _columns);
        }

        return true;
    }
}
