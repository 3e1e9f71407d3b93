using System.Text.Json;
using Sagebrush.Algorithms.Formats;
using Sagebrush.Algorithms.Training;
using Sagebrush.Learning.Numerics;

namespace Sagebrush.Algorithms.Trees;

/// <summary>The rows of SageMaker's tabular algorithms: channels <c>train</c> and <c>validation</c>, or one channel with folders of these names.</summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Validation">Rows that judge each round.</param>
/// <param name="Categories">Features whose numbers are names, from 0.</param>
internal sealed record TabularChannels(TrainingTable Train, TrainingTable Validation, IReadOnlyList<int> Categories)
{
    /// <summary>Name of the file that tells which columns are categories.</summary>
    public const string CategoryFile = ChannelFiles.CategoryFile;

    /// <summary>Every so many rows judge where the job has none for it: 20%.</summary>
    private const int HeldOut = 5;

    /// <summary>Reads them.</summary>
    /// <exception cref="CustomerErrorException">There are none, or they cannot be read.</exception>
    public static TabularChannels Read(TrainingContext context, long seed, CancellationToken cancellationToken)
    {
        var channel = context.Channels.GetValueOrDefault("train") ?? context.Channels.GetValueOrDefault("training")
            ?? throw new CustomerErrorException("Missing required channel: train");
        if (context.Channels.Keys.FirstOrDefault(name => name is not ("train" or "training" or "validation" or "model" or "code")) is { } other)
        {
            throw new CustomerErrorException($"Extraneous channel found: {other}; the algorithm reads train and validation.");
        }

        var (train, validation) = (channel, context.Channels.GetValueOrDefault("validation"));
        if (Directory.Exists(Path.Combine(channel.Folder, "train")))
        {
            train = channel with { Folder = Path.Combine(channel.Folder, "train") };
            var beside = Path.Combine(channel.Folder, "validation");
            validation ??= Directory.Exists(beside) ? channel with { Name = "validation", Folder = beside } : null;
        }

        var rows = Read(train, null, context, cancellationToken);
        var categories = ReadCategories(channel.Folder, rows.Features.ColumnCount);
        if (validation is not null)
        {
            return new(rows, Read(validation, rows.Features.ColumnCount, context, cancellationToken), categories);
        }

        if (rows.RowCount < HeldOut)
        {
            throw new CustomerErrorException($"The train channel has {rows.RowCount} rows, too few to hold some out; give a validation channel.");
        }

        var order = new RandomStream(seed).Sample(rows.RowCount, rows.RowCount);
        var held = rows.RowCount / HeldOut;
        var (judging, learning) = (order[..held], order[held..]);
        Array.Sort(judging);
        Array.Sort(learning);
        context.Log.Info($"There is no validation data: {held} rows of the train channel, chosen at random, judge instead.");
        return new(Take(rows, learning), Take(rows, judging), categories);
    }

    private static TrainingTable Take(TrainingTable table, int[] rows) => new(table.Features.Take(rows), Array.ConvertAll(rows, row => table.Labels[row]));

    private static TrainingTable Read(ChannelConfiguration channel, int? features, TrainingContext context, CancellationToken cancellationToken)
    {
        // SageMaker's examples give these channels no content type.
        var table = TrainingTableReader.Read(
            channel with { ContentType = channel.ContentType ?? InferenceMediaTypes.Csv }, LabelUse.Required, features, cancellationToken, allowsMissing: true);
        context.Log.Info($"The {channel.Name} data has {table.RowCount} rows and {table.Features.ColumnCount} features.");
        return table;
    }

    private static List<int> ReadCategories(string folder, int features)
    {
        var path = Path.Combine(folder, CategoryFile);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var columns = document.RootElement.GetProperty("cat_index_list").EnumerateArray().Select(column => column.GetInt32()).Distinct().Order().ToList();
            return columns.FirstOrDefault(column => column < 1 || column > features, 1) is var wrong && (wrong < 1 || wrong > features)
                ? throw new CustomerErrorException($"{CategoryFile} names the column {wrong}; the features are the columns 1 to {features}.")
                : [.. columns.Select(column => column - 1)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CustomerErrorException($"{CategoryFile} is not an object with a list of column numbers under 'cat_index_list': {e.Message}", e);
        }
    }
}
