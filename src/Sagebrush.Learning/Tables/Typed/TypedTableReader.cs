using System.IO.Compression;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Reads tables of any columns, in whichever of the formats they are.</summary>
public static class TypedTableReader
{
    /// <summary>Reads files with the same columns, one after the other.</summary>
    /// <param name="paths">The files, all of one format.</param>
    /// <param name="kind">Their format.</param>
    /// <param name="csv">How CSV is written.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TableFormatException">The files are not such a table.</exception>
    public static TypedTable Read(IReadOnlyList<string> paths, TypedTableKind kind = TypedTableKind.Any, TypedCsvFormat? csv = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        if (paths.Count == 0)
        {
            throw new TableFormatException("There are no files to read.");
        }

        return (kind == TypedTableKind.Any ? KindOf(paths[0]) : kind) switch
        {
            TypedTableKind.Parquet => SqlTable.ReadParquet(paths, cancellationToken),
            TypedTableKind.JsonLines => SqlTable.ReadJsonLines(paths, cancellationToken),
            TypedTableKind.Libsvm => Dense(LibsvmTableReader.Read(paths, cancellationToken)),
            _ => TypedCsvReader.Read(paths, csv, cancellationToken),
        };
    }

    private static TypedTableKind KindOf(string path)
    {
        Span<byte> start = stackalloc byte[256];
        using var file = File.OpenRead(path);
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start[..read].StartsWith("PAR1"u8))
        {
            return TypedTableKind.Parquet;
        }

        if (read > 2 && start[0] == 0x1F && start[1] == 0x8B)
        {
            file.Position = 0;
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            read = unpacked.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        return start[..read].TrimStart("\uFEFF \t\r\n"u8).StartsWith((byte)'{') ? TypedTableKind.JsonLines : TypedTableKind.Csv;
    }

    private static TypedTable Dense(SparseTable sparse)
    {
        if ((sparse.ColumnCount + 1L) * sparse.RowCount > Array.MaxLength)
        {
            throw new TableFormatException($"The table has more than {Array.MaxLength} cells, more than can be held in memory at once.");
        }

        var columns = new double[sparse.ColumnCount + 1][];
        for (var column = 0; column < columns.Length; column++)
        {
            columns[column] = new double[sparse.RowCount];
        }

        for (var row = 0; row < sparse.RowCount; row++)
        {
            columns[0][row] = sparse.Labels[row];
            for (var i = sparse.RowStarts[row]; i < sparse.RowStarts[row + 1]; i++)
            {
                columns[sparse.Indices[i] + 1][row] = sparse.Values[i];
            }
        }

        return new([.. columns.Select((values, column) => new TableColumn(column == 0 ? "label" : $"feature_{column - 1}", values))], sparse.RowCount);
    }
}
