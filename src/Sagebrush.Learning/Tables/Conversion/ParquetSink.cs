using DuckDB.NET.Data;
using Sagebrush.Learning.Tables.DuckDb;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Parquet: a column for each label and feature, gathered by DuckDB and written at the end.</summary>
internal sealed class ParquetSink(string path, IReadOnlyList<string> header, bool isDouble) : ITableSink
{
    private readonly DuckDbSession _session = DuckDbSession.Open();
    private DuckDBAppender? _appender;
    private double[] _row = [];

    public void Write(TableRow row)
    {
        _appender ??= Create(row.Labels.Length, (int)row.Width);
        row.Labels.CopyTo(_row);
        row.CopyDense(_row.AsSpan(row.Labels.Length));
        var cells = _appender.CreateRow();
        foreach (var value in _row)
        {
            _ = double.IsNaN(value) ? cells.AppendNullValue() : isDouble ? cells.AppendValue(value) : cells.AppendValue((float)value);
        }

        cells.EndRow();
    }

    public void Finish()
    {
        _appender ??= Create(0, Math.Max(1, header.Count));
        _appender.Close();
        _session.Execute($"COPY rows TO {DuckDbSession.Text(path)} (FORMAT parquet)");
    }

    public void Dispose()
    {
        _appender?.Dispose();
        _session.Dispose();
    }

    private DuckDBAppender Create(int labels, int features)
    {
        _row = new double[labels + features];
        var names = header.Count == _row.Length
            ? header
            : [.. Enumerable.Range(0, labels).Select(i => labels == 1 ? "label" : $"label_{i}"), .. Enumerable.Range(0, features).Select(i => $"feature_{i}")];
        _session.Execute($"CREATE TABLE rows ({string.Join(", ", names.Select(name => $"{DuckDbSession.Name(name)} {(isDouble ? "DOUBLE" : "FLOAT")}"))})");
        return _session.Appender("rows");
    }
}
