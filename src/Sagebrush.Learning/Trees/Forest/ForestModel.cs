using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Trees.Forest;

/// <summary>A forest: the mean of its trees.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class ForestModel
{
    private const string Algorithm = "forest";
    private const int ChunkRows = 2048;

    private readonly RegressionTree[] _trees;
    private readonly TreeEnsemble _ensemble;

    internal ForestModel(RegressionTree[] trees, int featureCount, int classCount, double[] importances)
    {
        _trees = trees;
        ClassCount = classCount;
        FeatureImportances = importances;
        _ensemble = TreeEnsemble.Create(
            Array.ConvertAll(trees, tree => tree.Weighted(1f / trees.Length)), featureCount, new float[Math.Max(1, classCount)]);
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _ensemble.FeatureCount;

    /// <summary>Number of classes; 0 in regression.</summary>
    public int ClassCount { get; }

    /// <summary>Numbers per prediction: a probability per class, or one number.</summary>
    public int OutputCount => _ensemble.GroupCount;

    /// <summary>How much each feature lessened the impurity, averaged over trees; they sum up to 1 (Breiman 2001).</summary>
    public IReadOnlyList<double> FeatureImportances { get; }

    /// <summary>The judgement of the rows left out of trees; null unless it was asked for, and in a model that was loaded.</summary>
    public OutOfBagScore? OutOfBag { get; internal set; }

    /// <summary>The trees, each with leaves of <see cref="OutputCount"/> numbers.</summary>
    public IReadOnlyList<RegressionTree> Trees => _trees;

    /// <summary>Evaluates rows one by one without allocation.</summary>
    public IMarginModel Evaluator => _ensemble;

    /// <summary>Predicts rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="outputs">Receives <see cref="OutputCount"/> numbers per row.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    public void Predict(FeatureMatrix rows, Memory<float> outputs, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.ColumnCount, FeatureCount, nameof(rows));
        RowChunks.Run(rows.RowCount, ChunkRows, threads, (_, start, end) => _ensemble.PredictMargins(
            rows.Rows(start, end - start).Values, outputs.Span[(start * OutputCount)..(end * OutputCount)]));
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
                ["classes"] = ClassCount.ToString(CultureInfo.InvariantCulture),
            }),
        };
        archive.Add<double>("importances", [.. FeatureImportances]);
        TreeArchive.Add(archive, _trees);
        return archive.Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static ForestModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, Algorithm);
        return new(TreeArchive.Read(archive), (int)settings.Number("features"), (int)settings.Number("classes"), archive.Get<double>("importances"));
    }
}
