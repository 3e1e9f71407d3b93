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
    private readonly float[] _weights;
    private readonly DimensionReduction? _reduction;
    private readonly NeighborIndex _index;

    private NearestNeighborsModel(NearestNeighborsOptions options, int featureCount, FeatureMatrix reduced, float[] labels, float[] weights, CancellationToken cancellationToken)
    {
        _options = options;
        _rows = reduced;
        _labels = labels;
        _weights = weights;
        FeatureCount = featureCount;
        _reduction = Reduction(options, featureCount);
        _index = new(reduced, options.Index, cancellationToken);
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of neighbors asked, fewer than the options say when there are fewer rows.</summary>
    public int NeighborCount => Math.Min(_options.NeighborCount, _rows.RowCount);

    /// <summary>Keeps a sample of rows and builds their index.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="labels">A class or a number per row.</param>
    /// <param name="options">How to learn.</param>
    /// <param name="weights">What each row's label counts among neighbors; empty for equal ones.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="ArgumentException">There are no rows, or the options contradict each other.</exception>
    public static NearestNeighborsModel Fit(
        FeatureMatrix rows, ReadOnlySpan<float> labels, NearestNeighborsOptions options, ReadOnlySpan<float> weights = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (rows.RowCount == 0 || labels.Length != rows.RowCount || (!weights.IsEmpty && weights.Length != rows.RowCount))
        {
            throw new ArgumentException($"There are {rows.RowCount} rows, {labels.Length} labels and {weights.Length} weights.");
        }

        foreach (var weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
        }

        if (options.ReducedFeatureCount is { } target && (target < 1 || target >= rows.ColumnCount))
        {
            throw new ArgumentException($"{rows.ColumnCount} features cannot be reduced to {target}.");
        }

        var (kept, keptWeights) = (labels.ToArray(), weights.ToArray());
        if (options.SampleSize is { } size && size < rows.RowCount)
        {
            var sample = new RandomStream(options.Index.Seed).Sample(rows.RowCount, size);
            Array.Sort(sample);
            kept = [.. sample.Select(row => kept[row])];
            keptWeights = keptWeights.Length == 0 ? [] : [.. sample.Select(row => keptWeights[row])];
            rows = rows.Take(sample);
        }

        return new(options, rows.ColumnCount, Reduction(options, rows.ColumnCount)?.Apply(rows) ?? rows, kept, keptWeights, cancellationToken);
    }

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="predictions">Receives a class or a number per row.</param>
    /// <param name="neighborLabels">Receives <see cref="NeighborCount"/> labels per row, the nearest row's first.</param>
    /// <param name="distances">Receives the distances beside them.</param>
    /// <param name="neighborWeights">Receives what the labels count, 1 without weights; empty when it is not asked for.</param>
    public void Predict(FeatureMatrix rows, Span<float> predictions, Span<float> neighborLabels, Memory<float> distances, Span<float> neighborWeights = default)
    {
        var count = NeighborCount;
        var neighbors = new int[checked(rows.RowCount * count)];
        _index.Search(_reduction?.Apply(rows) ?? rows, count, neighbors, distances);
        for (var i = 0; i < neighbors.Length; i++)
        {
            neighborLabels[i] = neighbors[i] < 0 ? float.NaN : _labels[neighbors[i]];
        }

        for (var i = 0; i < neighborWeights.Length; i++)
        {
            neighborWeights[i] = WeightOf(neighbors[i]);
        }

        for (var i = 0; i < rows.RowCount; i++)
        {
            var labels = neighborLabels.Slice(i * count, count);
            var found = neighbors.AsSpan(i * count, count);
            predictions[i] = _options.IsClassifier ? Vote(labels, found) : Mean(labels, found);
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
            .Add("rows", _rows.Values, _rows.RowCount, _rows.ColumnCount).Add<float>("labels", _labels).Add<float>("weights", _weights).Save();
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
            return new(options, (int)settings.Number("features"), new(archive.Get<float>("rows"), shape[0], shape[1]), archive.Get<float>("labels"), archive.Names.Contains("weights") ? archive.Get<float>("weights") : [], CancellationToken.None);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or IndexOutOfRangeException)
        {
            throw new ModelFormatException($"its rows and options do not fit: {e.Message}", e);
        }
    }

    private static DimensionReduction? Reduction(NearestNeighborsOptions options, int featureCount) =>
        options.ReducedFeatureCount is { } target ? new(options.ReducesFast, featureCount, target, options.Index.Seed) : null;

    private float WeightOf(int row) => row < 0 ? 0 : _weights.Length == 0 ? 1 : _weights[row];

    /// <summary>The label that counts most; of several the one whose nearest row is nearest.</summary>
    private float Vote(ReadOnlySpan<float> labels, ReadOnlySpan<int> rows)
    {
        var (best, most) = (labels[0], 0f);
        for (var i = 0; i < labels.Length && !float.IsNaN(labels[i]); i++)
        {
            var votes = 0f;
            for (var k = 0; k < labels.Length; k++)
            {
                votes += labels[k] == labels[i] ? WeightOf(rows[k]) : 0;
            }

            (best, most) = votes > most ? (labels[i], votes) : (best, most);
        }

        return best;
    }

    private float Mean(ReadOnlySpan<float> labels, ReadOnlySpan<int> rows)
    {
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < labels.Length && !float.IsNaN(labels[i]); i++)
        {
            var weight = WeightOf(rows[i]);
            sum += weight * labels[i];
            total += weight;
        }

        return total > 0 ? (float)(sum / total) : labels[0];
    }
}
