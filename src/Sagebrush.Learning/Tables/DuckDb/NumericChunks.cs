using DuckDB.NET.Native;

namespace Sagebrush.Learning.Tables.DuckDb;

/// <summary>The rows of a numeric query, some thousand at a time, as DuckDB holds them: column by column. Not thread-safe.</summary>
public sealed unsafe class NumericChunks : IDisposable
{
    private DuckDBResult _result;
    private DuckDBDataChunk? _chunk;

    private NumericChunks(DuckDBResult result) => _result = result;

    /// <summary>Rows in the chunk at hand.</summary>
    public int RowCount { get; private set; }

    internal static NumericChunks Run(DuckDBNativeConnection connection, string sql)
    {
        if (NativeMethods.Query.DuckDBQuery(connection, sql, out var result) == DuckDBState.Success)
        {
            return new(result);
        }

        var message = NativeMethods.Query.DuckDBResultError(ref result);
        NativeMethods.Query.DuckDBDestroyResult(ref result);
        throw new TableFormatException(message.Trim());
    }

    /// <summary>Goes to the next chunk; false at the end.</summary>
    public bool MoveNext()
    {
        _chunk?.Dispose();
        _chunk = NativeMethods.Query.DuckDBFetchChunk(_result);
        RowCount = _chunk.IsInvalid ? 0 : (int)NativeMethods.DataChunks.DuckDBDataChunkGetSize(_chunk);
        return RowCount > 0;
    }

    /// <summary>Copies a FLOAT column of the chunk into every <paramref name="stride"/>th place; NULL becomes NaN.</summary>
    public void Copy(int column, Span<float> to, int stride) => Copy(column, to, stride, float.NaN);

    /// <summary>Copies a DOUBLE column of the chunk into every <paramref name="stride"/>th place; NULL becomes NaN.</summary>
    public void Copy(int column, Span<double> to, int stride) => Copy(column, to, stride, double.NaN);

    /// <inheritdoc/>
    public void Dispose()
    {
        _chunk?.Dispose();
        NativeMethods.Query.DuckDBDestroyResult(ref _result);
    }

    private void Copy<T>(int column, Span<T> to, int stride, T missing)
        where T : unmanaged
    {
        var vector = NativeMethods.DataChunks.DuckDBDataChunkGetVector(_chunk!, column);
        var values = new ReadOnlySpan<T>(NativeMethods.Vectors.DuckDBVectorGetData(vector), RowCount);
        var validity = NativeMethods.Vectors.DuckDBVectorGetValidity(vector);
        for (int row = 0, at = 0; row < values.Length; row++, at += stride)
        {
            to[at] = validity is null || (validity[row >> 6] & (1UL << (row & 63))) != 0 ? values[row] : missing;
        }
    }
}
