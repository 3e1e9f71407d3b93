using System.Text.Json;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Neighbors;

/// <summary>Predicts what the nearest known rows have: the class most of them have, or the mean of their numbers.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class NearestNeighborsModel
{
    private readonly NearestNeighborsOptions _options;
    private readonly FeatureMatrix _rows;
    private readonly float[] _labels;
    private readonly DimensionReduction? _reduction;
    private readonly NeighborIndex _index;

    private NearestNeighborsModel(NearestNeighborsOptions options, int featureCount, FeatureMatrix reduced, float[] labels, CancellationToken cancellationToken)
    {
        _options = options;
        _rows = reduced;
        _labels = labels;
        FeatureCount = featureCount;
        _reduction = Reduction(options, featureCount);
        _index = new(reduced, options.Index, cancellationToken);
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of neighbors asked, fewer than the options say when there are fewer rows.</summary>
    public int NeighborCount => Math.Min(_options.NeighborCount, _rows.RowCount);

    /// <summary>Keeps a sample of rows and builds their index.</summary>
    /// <exception cref="ArgumentException">There are no rows, or the options contradict each other.</exception>
    public static NearestNeighborsModel Fit(FeatureMatrix rows, ReadOnlySpan<float> labels, NearestNeighborsOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (rows.RowCount == 0 || labels.Length != rows.RowCount)
        {
            throw new ArgumentException($"There are {rows.RowCount} rows and {labels.Length} labels.");
        }

        if (options.ReducedFeatureCount is { } target && (target < 1 || target >= rows.ColumnCount))
        {
            throw new ArgumentException($"{rows.ColumnCount} features cannot be reduced to {target}.");
        }

        var kept = labels.ToArray();
        if (options.SampleSize is { } size && size < rows.RowCount)
        {
            var sample = new RandomStream(options.Index.Seed).Sample(rows.RowCount, size);
            Array.Sort(sample);
            kept = [.. sample.Select(row => kept[row])];
            rows = rows.Take(sample);
        }

        return new(options, rows.ColumnCount, Reduction(options, rows.ColumnCount)?.Apply(rows) ?? rows, kept, cancellationToken);
    }

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="predictions">Receives a class or a number per row.</param>
    /// <param name="neighborLabels">Receives <see cref="NeighborCount"/> labels per row, the nearest row's first.</param>
    /// <param name="distances">Receives the distances beside them.</param>
    public void Predict(FeatureMatrix rows, Span<float> predictions, Span<float> neighborLabels, Memory<float> distances)
    {
        var count = NeighborCount;
        var neighbors = new int[checked(rows.RowCount * count)];
        _index.Search(_reduction?.Apply(rows) ?? rows, count, neighbors, distances);
        for (var i = 0; i < neighbors.Length; i++)
        {
            neighborLabels[i] = neighbors[i] < 0 ? float.NaN : _labels[neighbors[i]];
        }

        for (var i = 0; i < rows.RowCount; i++)
        {
            var labels = neighborLabels.Slice(i * count, count);
            predictions[i] = _options.IsClassifier ? Vote(labels) : Mean(labels);
        }
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens: <c>rows</c> as they are compared, and <c>labels</c>.</summary>
    public byte[] Save()
    {
        var settings = new Dictionary<string, string>
        {
            ["algorithm"] = "knn",
            ["features"] = FeatureCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["options"] = JsonSerializer.Serialize(_options),
        };
        return new NumpyArchive { Settings = JsonSerializer.Serialize(settings) }
            .Add("rows", _rows.Values, _rows.RowCount, _rows.ColumnCount).Add<float>("labels", _labels).Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote and builds the index again, the same as before.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static NearestNeighborsModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, "knn");
        try
        {
            var options = JsonSerializer.Deserialize<NearestNeighborsOptions>(settings.Text("options"))!;
            var shape = archive.Shape("rows");
            return new(options, (int)settings.Number("features"), new(archive.Get<float>("rows"), shape[0], shape[1]), archive.Get<float>("labels"), CancellationToken.None);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or IndexOutOfRangeException)
        {
            throw new ModelFormatException($"its rows and options do not fit: {e.Message}", e);
        }
    }

    private static DimensionReduction? Reduction(NearestNeighborsOptions options, int featureCount) =>
        options.ReducedFeatureCount is { } target ? new(options.ReducesFast, featureCount, target, options.Index.Seed) : null;

    /// <summary>The most frequent label; of several the one whose nearest row is nearest.</summary>
    private static float Vote(ReadOnlySpan<float> labels)
    {
        var best = labels[0];
        var most = 0;
        for (var i = 0; i < labels.Length && !float.IsNaN(labels[i]); i++)
        {
            var votes = System.MemoryExtensions.Count(labels, labels[i]);
            (best, most) = votes > most ? (labels[i], votes) : (best, most);
        }

        return best;
    }

    private static float Mean(ReadOnlySpan<float> labels)
    {
        double sum = 0;
        var count = 0;
        for (; count < labels.Length && !float.IsNaN(labels[count]); count++)
        {
            sum += labels[count];
        }

        return (float)(sum / Math.Max(1, count));
    }
}
