using Sagebrush.Algorithms.Formats;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.RecordIO;

namespace Sagebrush.Algorithms.Training;

/// <summary>Reads the CSV and RecordIO-protobuf channels of SageMaker's own algorithms.</summary>
internal static class TrainingTableReader
{
    /// <summary>Values a table made dense may have.</summary>
    private const long MostValues = 1L << 29;

    /// <summary>Reads all files of a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="use">What becomes of labels.</param>
    /// <param name="featureCount">How many features there are; null when the data say.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="allowsMissing">Whether features may be missing.</param>
    /// <exception cref="CustomerErrorException">There is no data, it is not in the channel's format, or not as wide as it should be.</exception>
    public static TrainingTable Read(
        ChannelConfiguration channel, LabelUse use, int? featureCount, CancellationToken cancellationToken, bool allowsMissing = false)
    {
        var (type, labelSize) = TabularMediaTypes.Channel(channel);
        var files = ChannelFiles.Find(channel);
        try
        {
            var table = type == InferenceMediaTypes.Csv
                ? ReadCsv(channel, files, use, labelSize, featureCount, cancellationToken)
                : ReadRecords(channel, files, use, featureCount, cancellationToken);
            Check(channel, table, featureCount, allowsMissing);
            return table;
        }
        catch (TableFormatException e)
        {
            var hint = e switch
            {
                { Offset: not null } => $" If this is csv data, set the channel's ContentType to {InferenceMediaTypes.Csv}.",
                { Row: 1, Column: > 0 } => " If this is a header, remove it: csv data is read without one, with the label in the first column.",
                _ => "",
            };
            throw new CustomerErrorException($"Failed to load the data of the {channel.Name} channel as {type}. {e.Message}{hint}", e);
        }
    }

    /// <summary>Reads all files of a channel of RecordIO-protobuf as sparse rows with a label each; zeros of dense rows are left out.</summary>
    /// <exception cref="CustomerErrorException">There is no data, it is not in the channel's format, or not as wide as it should be.</exception>
    public static SparseTable ReadSparse(ChannelConfiguration channel, int featureCount, CancellationToken cancellationToken)
    {
        var (type, _) = TabularMediaTypes.Channel(channel);
        if (type != TabularMediaTypes.RecordIo)
        {
            throw new CustomerErrorException($"The {channel.Name} channel is {type}; the algorithm reads {TabularMediaTypes.RecordIo} alone.");
        }

        RecordTable table;
        try
        {
            table = RecordTableReader.Read(ChannelFiles.Find(channel), cancellationToken);
        }
        catch (TableFormatException e)
        {
            throw new CustomerErrorException($"Failed to load the data of the {channel.Name} channel as {type}. {e.Message}", e);
        }

        if (table.RowCount == 0 || table.LabelCount != 1)
        {
            throw new CustomerErrorException($"The {channel.Name} channel has {table.RowCount} rows with {table.LabelCount} labels each; rows with one label each are needed.");
        }

        if (table.ColumnCount > featureCount || (!table.IsSparse && table.ColumnCount != featureCount))
        {
            throw new CustomerErrorException($"The {channel.Name} channel has {table.ColumnCount} features; {featureCount} are expected (feature_dim).");
        }

        if (FirstNotFinite(table.Values.Span) >= 0 || FirstNotFinite(table.Labels.Span) >= 0)
        {
            throw new CustomerErrorException($"The {channel.Name} channel has values or labels that are missing or not finite; the algorithm needs numbers.");
        }

        return Sparse(table, featureCount);
    }

    private static SparseTable Sparse(RecordTable table, int featureCount)
    {
        if (table.IsSparse)
        {
            return new()
            {
                RowStarts = table.RowStarts!.Value.ToArray(),
                Indices = table.Indices!.Value.ToArray(),
                Values = table.Values.ToArray(),
                Labels = table.Labels.ToArray(),
                ColumnCount = featureCount,
            };
        }

        var starts = new long[table.RowCount + 1];
        List<int> indices = [];
        List<float> values = [];
        var dense = table.Values.Span;
        for (var i = 0; i < dense.Length; i++)
        {
            if (dense[i] != 0)
            {
                indices.Add(i % featureCount);
                values.Add(dense[i]);
            }

            starts[(i / featureCount) + 1] = values.Count;
        }

        return new() { RowStarts = starts, Indices = [.. indices], Values = [.. values], Labels = table.Labels.ToArray(), ColumnCount = featureCount };
    }

    private static TrainingTable ReadCsv(
        ChannelConfiguration channel, List<string> files, LabelUse use, int? labelSize, int? featureCount, CancellationToken cancellationToken)
    {
        var table = CsvTableReader.Read(files, cancellationToken: cancellationToken);
        var labels = labelSize ?? (use == LabelUse.Required || table.ColumnCount == featureCount + 1 ? 1 : 0);
        if (table.RowCount == 0)
        {
            throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        if (use == LabelUse.Required && labels == 0)
        {
            throw new CustomerErrorException($"The {channel.Name} channel has no labels (label_size=0); the algorithm needs them.");
        }

        if (table.ColumnCount <= labels)
        {
            throw new CustomerErrorException($"The {channel.Name} channel has {table.ColumnCount} columns; {(labels == 1 ? "the label and " : "")}at least one feature is needed.");
        }

        if (labels == 0)
        {
            return new(new(table.Values.ToArray(), table.RowCount, table.ColumnCount), []);
        }

        var width = table.ColumnCount - 1;
        var features = GC.AllocateUninitializedArray<float>(table.RowCount * width);
        for (var i = 0; i < table.RowCount; i++)
        {
            table.Row(i)[1..].CopyTo(features.AsSpan(i * width));
        }

        return new(new(features, table.RowCount, width), table.Column(0));
    }

    private static TrainingTable ReadRecords(
        ChannelConfiguration channel, List<string> files, LabelUse use, int? featureCount, CancellationToken cancellationToken)
    {
        var table = RecordTableReader.Read(files, cancellationToken);
        if (table.RowCount == 0)
        {
            throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
        }

        if (table.LabelCount > 1 || (use == LabelUse.Required && table.LabelCount == 0))
        {
            throw new CustomerErrorException($"The records of the {channel.Name} channel have {table.LabelCount} labels each; the algorithm needs one.");
        }

        if (!table.IsSparse)
        {
            return new(new(table.Values, table.RowCount, table.ColumnCount), table.Labels.ToArray());
        }

        // The last columns of sparse records may be empty everywhere.
        var width = Math.Max(table.ColumnCount, featureCount ?? 0);
        if ((long)width * table.RowCount > MostValues)
        {
            throw new CustomerErrorException(
                $"The {channel.Name} channel has {table.RowCount} sparse rows of {width} features, more than this algorithm holds in memory ({MostValues} values). Use fewer features, or factorization-machines.");
        }

        var values = new float[table.RowCount * width];
        var starts = table.RowStarts!.Value.Span;
        var indices = table.Indices!.Value.Span;
        var present = table.Values.Span;
        for (var i = 0; i < table.RowCount; i++)
        {
            for (var at = (int)starts[i]; at < starts[i + 1]; at++)
            {
                values[(i * width) + indices[at]] = present[at];
            }
        }

        return new(new(values, table.RowCount, width), table.Labels.ToArray());
    }

    private static void Check(ChannelConfiguration channel, TrainingTable table, int? featureCount, bool allowsMissing)
    {
        var width = table.Features.ColumnCount;
        if (featureCount is { } expected && width != expected)
        {
            throw new CustomerErrorException($"The {channel.Name} channel has {width} features; {expected} are expected (feature_dim).");
        }

        var values = table.Features.Values;
        var first = allowsMissing ? -1 : FirstNotFinite(values);
        if (first >= 0)
        {
            var column = first % width;
            var missing = 0;
            for (var at = column; at < values.Length; at += width)
            {
                missing += float.IsFinite(values[at]) ? 0 : 1;
            }

            throw new CustomerErrorException(
                $"The {channel.Name} channel has values that are missing or not finite: {(missing == table.RowCount ? "all" : $"{missing} of {table.RowCount}")} of feature {column + 1}, first in row {(first / width) + 1}. The algorithm needs a number everywhere: fill them in or leave the feature out.");
        }

        var label = FirstNotFinite(table.Labels);
        if (label >= 0)
        {
            throw new CustomerErrorException($"The label of row {label + 1} of the {channel.Name} channel is missing or not finite.");
        }
    }

    private static int FirstNotFinite(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
