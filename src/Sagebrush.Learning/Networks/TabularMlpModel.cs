using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Networks;

/// <summary>A network for tables that has learnt.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class TabularMlpModel
{
    private const string Algorithm = "tabular-mlp";

    private readonly InputEncoder _encoder;
    private readonly NetworkShape _shape;
    private readonly NetworkWeights _weights;
    private readonly double _center;
    private readonly double _scale;

    internal TabularMlpModel(NetworkObjective objective, InputEncoder encoder, NetworkShape shape, NetworkWeights weights, double center, double scale) =>
        (Objective, _encoder, _shape, _weights, _center, _scale) = (objective, encoder, shape, weights, center, scale);

    /// <summary>What was made small.</summary>
    public NetworkObjective Objective { get; }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _encoder.FeatureCount;

    /// <summary>Numbers per row: a value, the probability of the second class, or a probability per class.</summary>
    public int OutputCount => _shape.Outputs;

    /// <summary>Number of weights.</summary>
    public int WeightCount => _shape.Count;

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="outputs">Receives <see cref="OutputCount"/> numbers per row.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    public void Predict(FeatureMatrix rows, Memory<float> outputs, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.ColumnCount, FeatureCount, nameof(rows));
        const int ChunkRows = 16 * TabularMlp.ChunkRows;
        RowChunks.Run(rows.RowCount, ChunkRows, threads, (_, start, end) => PredictBatch(rows.Rows(start, end - start), outputs.Span[(start * OutputCount)..(end * OutputCount)]));
    }

    /// <summary>Predicts rows on this thread.</summary>
    public void PredictBatch(FeatureMatrix rows, Span<float> outputs)
    {
        var pass = new NetworkPass(_shape, Math.Min(rows.RowCount, TabularMlp.ChunkRows), learns: false);
        for (var start = 0; start < rows.RowCount; start += TabularMlp.ChunkRows)
        {
            var batch = rows.Rows(start, Math.Min(TabularMlp.ChunkRows, rows.RowCount - start));
            TabularMlp.Fill(pass, _encoder, _weights, batch);
            var answer = pass.Infer(_weights, batch.RowCount);
            NetworkLoss.Predict(Objective, answer, OutputCount, _center, _scale);
            answer.CopyTo(outputs[(start * OutputCount)..]);
        }
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens.</summary>
    public byte[] Save()
    {
        static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
        var archive = new NumpyArchive
        {
            Settings = JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["algorithm"] = Algorithm,
                ["objective"] = Objective.ToString(),
                ["features"] = Text(FeatureCount),
                ["width"] = Text(_shape.Width),
                ["hidden"] = Text(_shape.Hidden),
                ["blocks"] = Text(_shape.Blocks.Length),
                ["outputs"] = Text(_shape.Outputs),
                ["normalizes"] = _shape.Normalizes ? "1" : "0",
                ["center"] = Text(_center),
                ["scale"] = Text(_scale),
            }),
        };
        _encoder.Save(archive);
        return archive.Add<float>("weights", _weights.Values).Add<float>("statistics", [.. _weights.Statistics.SelectMany(statistics => statistics)]).Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static TabularMlpModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, Algorithm);
        var encoder = InputEncoder.Read(archive, (int)settings.Number("features"));
        var shape = new NetworkShape(
            encoder.Width, (int)settings.Number("width"), (int)settings.Number("hidden"), (int)settings.Number("blocks"), (int)settings.Number("outputs"), settings.Number("normalizes") != 0, encoder.EmbeddingCount);
        var (weights, statistics) = (archive.Get<float>("weights"), archive.Get<float>("statistics"));
        return weights.Length == shape.Count && statistics.Length == shape.NormCount * shape.Width * 2
            ? new(settings.Word<NetworkObjective>("objective"), encoder, shape, new(shape) { Values = weights, Statistics = [.. statistics.Chunk(shape.Width * 2)] }, settings.Number("center"), settings.Number("scale"))
            : throw new ModelFormatException($"it has {weights.Length} weights instead of {shape.Count}.");
    }
}
