using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>Boosted trees: the sum of their values, and what an objective makes of it.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class GradientBoostingModel
{
    private const string Algorithm = "gradient-boosting";
    private const int ChunkRows = 256;

    private readonly RegressionTree[] _trees;
    private readonly TreeEnsemble _ensemble;
    private readonly float[] _baseMargins;

    internal GradientBoostingModel(RegressionTree[] trees, int featureCount, BoostingObjective objective, float[] baseMargins, IEnumerable<double> gains)
    {
        _trees = trees;
        _baseMargins = baseMargins;
        Objective = objective;
        FeatureGains = [.. gains];
        _ensemble = TreeEnsemble.Create(trees, featureCount, baseMargins);
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _ensemble.FeatureCount;

    /// <summary>Numbers per prediction: a number, the probability of class 1, or a probability per class.</summary>
    public int OutputCount => _ensemble.GroupCount;

    /// <summary>Number of rounds.</summary>
    public int Rounds => _trees.Length / OutputCount;

    /// <summary>The objective.</summary>
    public BoostingObjective Objective { get; }

    /// <summary>What the splits by each feature gained in all rounds of the training.</summary>
    public IReadOnlyList<double> FeatureGains { get; }

    /// <summary>The trees; the output they add to is their group.</summary>
    public IReadOnlyList<RegressionTree> Trees => _trees;

    /// <summary>What each output's sum starts from.</summary>
    public IReadOnlyList<float> BaseMargins => _baseMargins;

    /// <summary>Evaluates sums, before the objective's transform, without allocation.</summary>
    public IMarginModel Evaluator => _ensemble;

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="outputs">Receives <see cref="OutputCount"/> numbers per row.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    public void Predict(FeatureMatrix rows, Memory<float> outputs, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.ColumnCount, FeatureCount, nameof(rows));
        RowChunks.Run(rows.RowCount, ChunkRows, threads, (_, start, end) =>
            PredictBatch(rows.Rows(start, end - start).Values, outputs.Span[(start * OutputCount)..(end * OutputCount)]));
    }

    /// <summary>Predicts rows on this thread.</summary>
    /// <param name="rows">Row-major values.</param>
    /// <param name="outputs">Receives <see cref="OutputCount"/> numbers per row.</param>
    public void PredictBatch(ReadOnlySpan<float> rows, Span<float> outputs)
    {
        _ensemble.PredictMargins(rows, outputs);
        Transform(Objective, outputs, OutputCount);
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens.</summary>
    public byte[] Save()
    {
        var archive = new NumpyArchive
        {
            Settings = JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["algorithm"] = Algorithm,
                ["features"] = FeatureCount.ToString(CultureInfo.InvariantCulture),
                ["objective"] = Objective.ToString(),
            }),
        };
        archive.Add<float>("base_margins", _baseMargins).Add<double>("gains", [.. FeatureGains]);
        TreeArchive.Add(archive, _trees);
        return archive.Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static GradientBoostingModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, Algorithm);
        return new(TreeArchive.Read(archive), (int)settings.Number("features"), settings.Word<BoostingObjective>("objective"), archive.Get<float>("base_margins"), archive.Get<double>("gains"));
    }

    /// <summary>Makes probabilities of sums, where the objective has them.</summary>
    internal static void Transform(BoostingObjective objective, Span<float> outputs, int width)
    {
        if (objective == BoostingObjective.Binary)
        {
            TensorPrimitives.Sigmoid<float>(outputs, outputs);
        }
        else if (objective == BoostingObjective.Multiclass)
        {
            for (var at = 0; at < outputs.Length; at += width)
            {
                TensorPrimitives.SoftMax<float>(outputs.Slice(at, width), outputs.Slice(at, width));
            }
        }
    }
}
