using System.Text.Json;

namespace Sagebrush.Algorithms.Trees;

/// <summary>The labels of a classifier in ascending order; inside they are numbered from 0.</summary>
/// <param name="labels">The labels.</param>
internal sealed class ClassLabels(float[] labels)
{
    private const string FileName = "classes.json";

    /// <summary>Classes at most: more look like numbers to predict.</summary>
    private const int Most = 10_000;

    public int Count => labels.Length;

    public IReadOnlyList<float> Labels => labels;

    /// <exception cref="CustomerErrorException">The labels are no classes.</exception>
    public static ClassLabels Of(ReadOnlySpan<float> column, TrainingLog log)
    {
        var distinct = new SortedSet<float>(column.ToArray());
        if (distinct.FirstOrDefault(label => label != MathF.Truncate(label)) is var other && other != MathF.Truncate(other))
        {
            throw new CustomerErrorException($"The label {other} is no whole number; classes are whole numbers in the first column.");
        }

        if (distinct.Count is < 2 or > Most)
        {
            throw new CustomerErrorException($"The labels of the train channel have {distinct.Count} different values; a classifier needs from 2 to {Most}.");
        }

        log.Info($"There are {distinct.Count} classes.");
        return new([.. distinct]);
    }

    /// <summary>The numbers of labels.</summary>
    /// <exception cref="CustomerErrorException">A label is none of the classes.</exception>
    public float[] Encode(float[] column, string channel) => Array.ConvertAll(column, label => Array.BinarySearch(labels, label) is var at and >= 0
        ? (float)at
        : throw new CustomerErrorException($"The {channel} channel has the label {label}, which the train channel does not have."));

    public void Save(string modelFolder) =>
        AtomicFile.Write(Path.Combine(modelFolder, FileName), JsonSerializer.SerializeToUtf8Bytes(labels));

    /// <returns>Null for a regressor.</returns>
    public static ClassLabels? Load(string modelFolder)
    {
        var path = Path.Combine(modelFolder, FileName);
        try
        {
            return File.Exists(path) ? new(JsonSerializer.Deserialize<float[]>(File.ReadAllBytes(path)) ?? []) : null;
        }
        catch (JsonException e)
        {
            throw new Learning.ModelFormatException($"the file {FileName} is no list of numbers: {e.Message}", e);
        }
    }
}
