using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.DuckDb;
using Sagebrush.Learning.Tables.RecordIO;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>A channel's rows in the library's memory, with the labels also at hand for metrics of our own.</summary>
internal sealed class XGBoostData : IDisposable
{
    private readonly float[]? _weights;
    private readonly uint[]? _groupSizes;

    private XGBoostData(string name, DMatrix matrix, float[] labels, float[]? weights = null, uint[]? groupSizes = null)
    {
        _weights = weights;
        _groupSizes = groupSizes;
        Name = name;
        Matrix = matrix;
        Labels = labels;
        RowCount = matrix.RowCount;
        ColumnCount = matrix.ColumnCount;
    }

    public string Name { get; }

    public DMatrix Matrix { get; }

    public float[] Labels { get; }

    public long RowCount { get; }

    public long ColumnCount { get; }

    /// <summary>Reads all files of a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="hasWeights">Whether the second column of CSV holds weights.</param>
    /// <param name="leastColumns">How many features sparse data has at least.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="CustomerErrorException">There is no data, or it is not in the channel's format.</exception>
    public static XGBoostData Read(ChannelConfiguration channel, bool hasWeights, int leastColumns, CancellationToken cancellationToken)
    {
        var kind = XGBoostContentType.Parse(channel.ContentType);
        if (kind == XGBoostFormatKind.Parquet && channel.InputMode == "Pipe")
        {
            throw new CustomerErrorException($"The {channel.Name} channel is Parquet, which a pipe cannot carry; use the input mode File or FastFile.");
        }

        var files = ChannelFiles.Find(channel);
        try
        {
            return kind switch
            {
                XGBoostFormatKind.Csv => ReadDense(channel, CsvTableReader.Read(files, cancellationToken: cancellationToken), hasWeights),
                XGBoostFormatKind.Parquet => ReadDense(channel, ParquetTableReader.Read(files, cancellationToken), hasWeights),
                XGBoostFormatKind.RecordIo => ReadRecords(channel, files, leastColumns, cancellationToken),
                _ => ReadLibsvm(channel, files, leastColumns, cancellationToken),
            };
        }
        catch (TableFormatException e)
        {
            throw new CustomerErrorException(
                $"Failed to load {Title(kind)} data of the {channel.Name} channel. {e.Message}{Hint(e, kind)}", e);
        }
        catch (XGBoostException e)
        {
            throw new CustomerErrorException($"Failed to load the data of the {channel.Name} channel: {e.Reason}", e);
        }
    }

    /// <summary>Whether there is any file in a channel.</summary>
    public static bool HasFiles(ChannelConfiguration channel) => ChannelFiles.Any(channel);

    /// <summary>A data set of no rows, for a host that got none; it has the columns that other hosts' have.</summary>
    public static XGBoostData Empty(string name) => Complete(name, DMatrix.FromSparse([0], [], [], 0), [], null, null);

    /// <summary>One of several parts of about the same size: consecutive rows, and whole groups where rows are grouped.</summary>
    public XGBoostData Part(int index, int count)
    {
        var units = _groupSizes?.Length ?? (int)RowCount;
        var (from, to) = ((int)((long)units * index / count), (int)((long)units * (index + 1) / count));
        var (start, end) = _groupSizes is null ? (from, to) : ((int)_groupSizes[..from].Sum(size => size), (int)_groupSizes[..to].Sum(size => size));
        var perGroup = _groupSizes is not null && _weights?.Length == _groupSizes.Length;
        return Complete(
            Name, Matrix.Rows(start, end - start), Labels[start..end], perGroup ? _weights![from..to] : _weights?[start..end], _groupSizes?[from..to]);
    }

    public void Dispose() => Matrix.Dispose();

    private static string Title(XGBoostFormatKind kind) => kind switch
    {
        XGBoostFormatKind.Csv => "csv",
        XGBoostFormatKind.Parquet => "parquet",
        XGBoostFormatKind.RecordIo => "recordio-protobuf",
        _ => "libsvm",
    };

    private static string Hint(TableFormatException error, XGBoostFormatKind kind) => (kind, error.Row, error.Column) switch
    {
        (XGBoostFormatKind.Csv, 1, > 0) => " If this is a header, remove it: csv data is read without one, with the label in the first column.",
        (XGBoostFormatKind.Libsvm, 1, _) => " If this is csv data, set the channel's ContentType to text/csv.",
        _ => "",
    };

    private static XGBoostData ReadDense(ChannelConfiguration channel, DenseTable table, bool hasWeights)
    {
        var leading = hasWeights ? 2 : 1;
        if (table.RowCount == 0)
        {
            throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        if (table.ColumnCount <= leading)
        {
            throw new CustomerErrorException(
                $"The {channel.Name} channel has {table.ColumnCount} columns; the label{(hasWeights ? ", the weight" : "")} and at least one feature are needed.");
        }

        var labels = table.Column(0);
        var matrix = DMatrix.FromDense(table.Values, table.RowCount, table.ColumnCount, leading);
        return Complete(channel.Name, matrix, labels, hasWeights ? table.Column(1) : null, null);
    }

    private static XGBoostData ReadRecords(ChannelConfiguration channel, List<string> files, int leastColumns, CancellationToken cancellationToken)
    {
        var table = RecordTableReader.Read(files, cancellationToken);
        if (table.RowCount == 0)
        {
            throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        if (table.LabelCount != 1 || table.ColumnCount == 0)
        {
            throw new CustomerErrorException(
                $"The records of the {channel.Name} channel have {table.LabelCount} labels and {table.ColumnCount} features; one label and at least one feature are needed.");
        }

        var matrix = table.IsSparse
            ? DMatrix.FromSparse(table.RowStarts!.Value.Span, table.Indices!.Value.Span, table.Values.Span, Math.Max(leastColumns, table.ColumnCount))
            : DMatrix.FromDense(table.Values.Span, table.RowCount, table.ColumnCount);
        return Complete(channel.Name, matrix, table.Labels.ToArray(), null, null);
    }

    private static XGBoostData ReadLibsvm(
        ChannelConfiguration channel, List<string> files, int leastColumns, CancellationToken cancellationToken)
    {
        var table = LibsvmTableReader.Read(files, cancellationToken);
        if (table.RowCount == 0)
        {
            throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        if (table.ColumnCount == 0)
        {
            throw new CustomerErrorException($"The {channel.Name} channel has labels but no features.");
        }

        var matrix = DMatrix.FromSparse(table.RowStarts, table.Indices, table.Values, Math.Max(leastColumns, table.ColumnCount));
        return Complete(channel.Name, matrix, table.Labels, table.Weights, table.GroupSizes);
    }

    private static XGBoostData Complete(string name, DMatrix matrix, float[] labels, float[]? weights, uint[]? groupSizes)
    {
        try
        {
            matrix.SetLabels(labels);
            if (groupSizes is not null)
            {
                matrix.SetGroupSizes(groupSizes);
            }

            if (weights is not null)
            {
                matrix.SetWeights(weights);
            }

            return new(name, matrix, labels, weights, groupSizes);
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }
}
