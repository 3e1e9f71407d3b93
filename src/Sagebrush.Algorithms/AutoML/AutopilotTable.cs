using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Tables;
using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>Reads the channels of an Autopilot training as one table.</summary>
internal static class AutopilotTable
{
    /// <summary>What channels may have.</summary>
    public static IReadOnlyList<string> ContentTypes { get; } = ["text/csv;header=present", "text/csv", "x-application/vnd.amazon+parquet", "application/x-parquet", "application/jsonlines"];

    /// <summary>Reads the training rows, and after them the validation rows.</summary>
    /// <exception cref="CustomerErrorException">They are no tables, or not of the same columns.</exception>
    public static (TypedTable Table, int ValidationRows, long Bytes) Read(TrainingContext context, CancellationToken cancellationToken)
    {
        if (!context.Channels.TryGetValue("training", out var channel))
        {
            throw new CustomerErrorException("Missing required channel: training");
        }

        var training = Read(channel, null, cancellationToken);
        var bytes = ChannelFiles.Find(channel).Sum(path => new FileInfo(path).Length);
        if (!context.Channels.TryGetValue("validation", out var other))
        {
            return (training, 0, bytes);
        }

        var texts = training.Columns.Index().Where(entry => entry.Item.IsText).Select(entry => entry.Index).ToHashSet();
        var validation = Read(other, texts, cancellationToken);
        return (Append(training, validation), validation.RowCount, bytes);
    }

    private static TypedTable Read(ChannelConfiguration channel, IReadOnlySet<int>? texts, CancellationToken cancellationToken)
    {
        var kind = channel.ContentType switch
        {
            { } type when type.Contains("parquet", StringComparison.OrdinalIgnoreCase) => TypedTableKind.Parquet,
            { } type when type.Contains("jsonlines", StringComparison.OrdinalIgnoreCase) => TypedTableKind.JsonLines,
            { } type when type.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) => TypedTableKind.Csv,
            _ => TypedTableKind.Any,
        };
        try
        {
            return TypedTableReader.Read(ChannelFiles.Find(channel), kind, new() { TextColumns = texts }, cancellationToken);
        }
        catch (TableFormatException e)
        {
            throw new CustomerErrorException($"The {channel.Name} data cannot be read: {e.Message}", e);
        }
    }

    private static TypedTable Append(TypedTable first, TypedTable second)
    {
        List<TableColumn> columns = [];
        foreach (var column in first.Columns)
        {
            var index = second.IndexOf(column.Name);
            if (index < 0)
            {
                throw new CustomerErrorException($"The validation data have no column '{column.Name}', which the training data have.");
            }

            columns.Add(Append(column, second.Columns[index]));
        }

        return new(columns, first.RowCount + second.RowCount);
    }

    private static TableColumn Append(TableColumn first, TableColumn second)
    {
        if (!first.IsText && !second.IsText)
        {
            return new(first.Name, [.. first.Numbers, .. second.Numbers]);
        }

        var (one, two) = (first.ToText(), second.ToText());
        List<string> values = [.. one.Values];
        var places = values.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        int[] codes = [.. one.Codes, .. two.Codes];
        for (var row = one.RowCount; row < codes.Length; row++)
        {
            if (codes[row] < 0)
            {
                continue;
            }

            var text = two.Values[codes[row]];
            if (!places.TryGetValue(text, out var place))
            {
                place = values.Count;
                values.Add(text);
                places.Add(text, place);
            }

            codes[row] = place;
        }

        return new(first.Name, codes, values);
    }
}
