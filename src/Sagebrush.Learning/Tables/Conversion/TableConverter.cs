using Sagebrush.Learning.Tables.DuckDb;

namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>Turns tables in files of one format into a file of another.</summary>
public static class TableConverter
{
    /// <summary>The format a file's name tells; null when it tells none.</summary>
    public static TableFormat? FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" => TableFormat.Csv,
        ".LIBSVM" or ".SVM" or ".SVMLIGHT" => TableFormat.Libsvm,
        ".PARQUET" or ".PQ" => TableFormat.Parquet,
        ".NPY" => TableFormat.Npy,
        ".REC" or ".RECORDIO" or ".PBR" or ".PROTOBUF" => TableFormat.RecordIo,
        _ => null,
    };

    /// <summary>Converts; the output appears whole or not at all.</summary>
    /// <param name="inputs">Files of one format, read one after the other.</param>
    /// <param name="from">Their format.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="to">Its format.</param>
    /// <param name="options">What the files do not say.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <exception cref="TableFormatException">A file is not in its format, or the other one cannot hold it.</exception>
    public static ConversionResult Convert(
        IReadOnlyList<string> inputs, TableFormat from, string output, TableFormat to, ConversionOptions options, CancellationToken cancellationToken = default)
    {
        var partial = output + ".partial";
        try
        {
            var result = IsSql(from) && IsSql(to) ? Copy(inputs, from, partial, to, options) : Pass(inputs, from, partial, to, options, cancellationToken);
            File.Move(partial, output, overwrite: true);
            return result;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static bool IsSql(TableFormat format) => format is TableFormat.Csv or TableFormat.Parquet;

    // Text columns go through as well: DuckDB does it all.
    private static ConversionResult Copy(IReadOnlyList<string> inputs, TableFormat from, string output, TableFormat to, ConversionOptions options)
    {
        using var session = DuckDbSession.Open();
        var table = SqlSource.Table(from, inputs, options);
        session.Execute($"COPY (SELECT * FROM {table}) TO {DuckDbSession.Text(output)} ({(to == TableFormat.Parquet ? "FORMAT parquet" : $"FORMAT csv, HEADER {(options.HasHeader == true ? "true" : "false")}")})");
        var columns = session.Describe($"SELECT * FROM {table}").Count;
        using var count = session.Query($"SELECT CAST(count(*) AS DOUBLE) FROM {table}");
        count.MoveNext();
        Span<double> rows = [0];
        count.Copy(0, rows, 1);
        var labels = Math.Min(options.LabelCount, columns);
        return new((long)rows[0], labels, columns - labels);
    }

    private static ConversionResult Pass(
        IReadOnlyList<string> inputs, TableFormat from, string output, TableFormat to, ConversionOptions options, CancellationToken cancellationToken)
    {
        using ITableSource source = from switch
        {
            TableFormat.Libsvm => new LibsvmSource(inputs, options),
            TableFormat.Npy => new NpySource(inputs, options),
            TableFormat.RecordIo => new RecordSource(inputs),
            _ => new SqlSource(SqlSource.Table(from, inputs, options), options),
        };
        using ITableSink sink = to switch
        {
            TableFormat.Npy => new NpySink(output, source.IsDouble),
            TableFormat.RecordIo => new RecordSink(output, options),
            TableFormat.Parquet => new ParquetSink(output, source.Header, source.IsDouble),
            _ => new TextSink(output, to, source.IsDouble, options.FirstIndex),
        };
        var row = new TableRow();
        var (rows, labels, width) = (0L, 0, 0L);
        while (source.Read(row))
        {
            if (rows > 0 && (row.Labels.Length != labels || row.Width != width))
            {
                throw new TableFormatException($"Row {rows + 1} has {row.Labels.Length} labels and {row.Width} features, those before it {labels} and {width}.");
            }

            (labels, width) = (row.Labels.Length, row.Width);
            sink.Write(row);
            if ((++rows & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        sink.Finish();
        return new(rows, labels, width);
    }
}
