using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>A channel's rows in the library's memory, with the labels also at hand for metrics of our own.</summary>
internal sealed class XGBoostData : IDisposable
{
    /// <summary>How deep below the channel's folder files are found, as in SageMaker's container.</summary>
    private const int DeepestFolder = 3;

    private XGBoostData(string name, DMatrix matrix, float[] labels)
    {
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
        if (channel.InputMode == "Pipe")
        {
            throw new CustomerErrorException(
                $"The {channel.Name} channel has the input mode Pipe, which is not supported; use File or FastFile.");
        }

        var csv = XGBoostContentType.IsCsv(channel.ContentType);
        var files = Files(channel.Folder, 1).Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        try
        {
            return csv ? ReadCsv(channel, files, hasWeights, cancellationToken) : ReadLibsvm(channel, files, leastColumns, cancellationToken);
        }
        catch (TableFormatException e)
        {
            throw new CustomerErrorException(
                $"Failed to load {(csv ? "csv" : "libsvm")} data of the {channel.Name} channel. {e.Message}{Hint(e, csv)}", e);
        }
        catch (XGBoostException e)
        {
            throw new CustomerErrorException($"Failed to load the data of the {channel.Name} channel: {e.Reason}", e);
        }
    }

    public void Dispose() => Matrix.Dispose();

    private static string Hint(TableFormatException error, bool csv)
    {
        if (csv)
        {
            return error is { Row: 1, Column: > 0 }
                ? " If this is a header, remove it: csv data is read without one, with the label in the first column."
                : "";
        }

        return error.Row == 1 ? " If this is csv data, set the channel's ContentType to text/csv." : "";
    }

    private static XGBoostData ReadCsv(
        ChannelConfiguration channel, List<string> files, bool hasWeights, CancellationToken cancellationToken)
    {
        var table = CsvTableReader.Read(files, cancellationToken: cancellationToken);
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

            return new(name, matrix, labels);
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    /// <summary>Files, without the hidden ones and markers such as <c>_SUCCESS</c> that other programs leave.</summary>
    private static IEnumerable<string> Files(string folder, int depth)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.GetFileName(entry)[0] is '.' or '_')
            {
                continue;
            }

            if (File.Exists(entry))
            {
                yield return entry;
            }
            else if (depth < DeepestFolder)
            {
                foreach (var file in Files(entry, depth + 1))
                {
                    yield return file;
                }
            }
        }
    }
}
