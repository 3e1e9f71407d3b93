using Sagebrush.Learning.Tables.DuckDb;

namespace Sagebrush.Learning.Tables.Typed;

/// <summary>Reads Parquet and JSON lines through DuckDB.</summary>
internal static class SqlTable
{
    public static TypedTable ReadParquet(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        Read($"FROM read_parquet([{string.Join(", ", paths.Select(ParquetTableReader.Escape))}])", cancellationToken);

    public static TypedTable ReadJsonLines(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var packed = IsPacked(paths[0]) ? ", compression = 'gzip'" : "";
        return Read(
            $"FROM read_json([{string.Join(", ", paths.Select(ParquetTableReader.Escape))}], format = 'newline_delimited', sample_size = -1, maximum_depth = 2{packed})",
            cancellationToken);
    }

    private static TypedTable Read(string source, CancellationToken cancellationToken)
    {
        using var session = DuckDbSession.Open();
        var described = session.Describe($"SELECT * {source}");
        var names = TypedTable.UniqueNames(described.Select(column => column.Name));
        int[] numeric = [.. Enumerable.Range(0, described.Count).Where(i => ParquetTableReader.IsNumeric(described[i].Type))];
        int[] texts = [.. Enumerable.Range(0, described.Count).Except(numeric)];
        var columns = new TableColumn[described.Count];
        var rows = 0;
        if (numeric.Length > 0)
        {
            List<double>[] values = [.. numeric.Select(_ => new List<double>())];
            using var chunks = session.Query($"SELECT {string.Join(", ", numeric.Select(i => $"CAST({DuckDbSession.Name(described[i].Name)} AS DOUBLE)"))} {source}");
            while (chunks.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < numeric.Length; i++)
                {
                    var start = values[i].Count;
                    System.Runtime.InteropServices.CollectionsMarshal.SetCount(values[i], start + chunks.RowCount);
                    chunks.Copy(i, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values[i])[start..], 1);
                }
            }

            for (var i = 0; i < numeric.Length; i++)
            {
                columns[numeric[i]] = new(names[numeric[i]], [.. values[i].Select(value => double.IsFinite(value) ? value : double.NaN)]);
            }

            rows = values[0].Count;
        }

        if (texts.Length > 0)
        {
            rows = ReadTexts(session, $"SELECT {string.Join(", ", texts.Select(i => Text(described[i])))} {source}", texts, names, columns, cancellationToken);
        }

        return new(columns, rows);
    }

    private static int ReadTexts(DuckDbSession session, string sql, int[] texts, IReadOnlyList<string> names, TableColumn[] columns, CancellationToken cancellationToken)
    {
        List<int>[] codes = [.. texts.Select(_ => new List<int>())];
        Dictionary<string, int>[] known = [.. texts.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))];
        session.Read(
            sql,
            reader =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < texts.Length; i++)
                {
                    var text = reader.IsDBNull(i) ? "" : reader.GetString(i).Trim();
                    var code = -1;
                    if (!CellText.IsMissing(text) && !known[i].TryGetValue(text, out code))
                    {
                        code = known[i].Count;
                        known[i].Add(text, code);
                    }

                    codes[i].Add(code);
                }
            });
        for (var i = 0; i < texts.Length; i++)
        {
            columns[texts[i]] = new(names[texts[i]], [.. codes[i]], [.. known[i].Keys]);
        }

        return codes[0].Count;
    }

    // Dates in the one form that is read back exactly; everything else (lists, structures, blobs) as DuckDB writes it.
    private static string Text((string Name, string Type) column)
    {
        var name = DuckDbSession.Name(column.Name);
        return column.Type.StartsWith("TIMESTAMP", StringComparison.Ordinal) ? $"strftime({name}, '%Y-%m-%d %H:%M:%S')" : $"CAST({name} AS VARCHAR)";
    }

    private static bool IsPacked(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
    }
}
