namespace Sagebrush.Learning.Tables.DuckDb;

/// <summary>Reads Parquet files with numeric columns into one dense table.</summary>
public static class ParquetTableReader
{
    private static readonly string[] NumericTypes =
        ["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"];

    /// <summary>Whether a column's type, as SQL writes it, is a number's.</summary>
    public static bool IsNumeric(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return NumericTypes.Contains(type, StringComparer.Ordinal) || type.StartsWith("DECIMAL(", StringComparison.Ordinal);
    }

    /// <summary>Reads files with the same columns, one after the other; NULL becomes NaN.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="cancellationToken">Stops the reading between chunks.</param>
    /// <exception cref="TableFormatException">A file is not Parquet, the files' columns differ, or one is not numeric.</exception>
    public static DenseTable Read(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        using var session = DuckDbSession.Open();
        var source = $"FROM read_parquet([{string.Join(", ", paths.Select(Escape))}])";
        var columns = session.Describe($"SELECT * {source}");
        if (columns.FirstOrDefault(column => !IsNumeric(column.Type)) is { Name: not null } other)
        {
            throw new TableFormatException($"The Parquet column '{other.Name}' has the type {other.Type}, which is not a number's.");
        }

        var rows = RowCount(session, source);
        if (rows * columns.Count > Array.MaxLength)
        {
            throw new TableFormatException($"The table has more than {Array.MaxLength} cells, more than can be held in memory at once.");
        }

        var values = GC.AllocateUninitializedArray<float>((int)rows * columns.Count);
        var row = 0;
        using var chunks = session.Query($"SELECT {string.Join(", ", columns.Select(column => $"CAST({DuckDbSession.Name(column.Name)} AS FLOAT)"))} {source}");
        while (chunks.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var column = 0; column < columns.Count; column++)
            {
                chunks.Copy(column, values.AsSpan((row * columns.Count) + column), columns.Count);
            }

            row += chunks.RowCount;
        }

        return new(values, row, columns.Count, [.. columns.Select(column => column.Name)]);
    }

    // DuckDB takes file names for patterns.
    internal static string Escape(string path) =>
        DuckDbSession.Text(string.Concat(path.Select(c => c is '*' or '?' or '[' ? $"[{c}]" : c.ToString())));

    private static long RowCount(DuckDbSession session, string source)
    {
        using var chunks = session.Query($"SELECT CAST(count(*) AS DOUBLE) {source}");
        chunks.MoveNext();
        Span<double> count = [0];
        chunks.Copy(0, count, 1);
        return (long)count[0];
    }
}
