using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Anomaly;

/// <summary>A forest of random cuts, which scores how unusual a row is.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class RandomCutForestModel
{
    private readonly CutTree[] _trees;

    internal RandomCutForestModel(CutTree[] trees, int featureCount)
    {
        _trees = trees;
        FeatureCount = featureCount;
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of trees.</summary>
    public int TreeCount => _trees.Length;

    /// <summary>How unusual a row is: about 1 and below for usual rows, more for others.</summary>
    public float Score(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, FeatureCount);
        double sum = 0;
        foreach (var tree in _trees)
        {
            sum += tree.Score(row);
        }

        return (float)(sum / _trees.Length);
    }

    /// <summary>Scores of many rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">Threads at most; 0 for all processors.</param>
    public float[] Score(FeatureMatrix rows, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.ColumnCount, FeatureCount, nameof(rows));
        var scores = new float[rows.RowCount];
        RowChunks.Run(rows.RowCount, 256, threads, (_, from, to) =>
        {
            // A tree at a time stays in the cache for all rows of the chunk.
            Span<double> sums = stackalloc double[256];
            sums.Clear();
            foreach (var tree in _trees)
            {
                for (var i = from; i < to; i++)
                {
                    sums[i - from] += tree.Score(rows.Row(i));
                }
            }

            for (var i = from; i < to; i++)
            {
                scores[i] = (float)(sums[i - from] / _trees.Length);
            }
        });
        return scores;
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens: the nodes of all trees, one after the other.</summary>
    public byte[] Save()
    {
        var settings = new Dictionary<string, string> { ["algorithm"] = "randomcutforest", ["features"] = FeatureCount.ToString(CultureInfo.InvariantCulture) };
        return new NumpyArchive { Settings = JsonSerializer.Serialize(settings) }
            .Add<int>("nodes", [.. _trees.Select(tree => tree.Features.Length)])
            .Add<int>("feature", [.. _trees.SelectMany(tree => tree.Features)])
            .Add<float>("cut", [.. _trees.SelectMany(tree => tree.Cuts)])
            .Add<int>("right", [.. _trees.SelectMany(tree => tree.Rights)])
            .Add<int>("mass", [.. _trees.SelectMany(tree => tree.Masses)])
            .Add<float>("box", [.. _trees.SelectMany(tree => tree.Boxes)])
            .Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static RandomCutForestModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, "randomcutforest");
        var features = (int)settings.Number("features");
        var nodes = archive.Get<int>("nodes");
        var (feature, cut, right) = (archive.Get<int>("feature"), archive.Get<float>("cut"), archive.Get<int>("right"));
        var (mass, box) = (archive.Get<int>("mass"), archive.Get<float>("box"));
        var total = nodes.Sum(count => (long)count);
        if (features < 1 || nodes.Length == 0 || nodes.Min() < 1
            || feature.Length != total || cut.Length != total || right.Length != total || mass.Length != total || box.Length != total * 2 * features)
        {
            throw new ModelFormatException("the arrays of its trees do not fit each other.");
        }

        var trees = new CutTree[nodes.Length];
        var at = 0;
        for (var i = 0; i < trees.Length; i++)
        {
            var end = at + nodes[i];
            Check(feature.AsSpan(at..end), right.AsSpan(at..end), features);
            trees[i] = new(features, feature[at..end], cut[at..end], right[at..end], mass[at..end], box[(at * 2 * features)..(end * 2 * features)]);
            at = end;
        }

        return new(trees, features);
    }

    // Children lie behind their parents, so that no walk is endless.
    private static void Check(ReadOnlySpan<int> features, ReadOnlySpan<int> rights, int featureCount)
    {
        for (var node = 0; node < features.Length; node++)
        {
            if (features[node] >= featureCount || (features[node] >= 0 && (rights[node] <= node + 1 || rights[node] >= features.Length)))
            {
                throw new ModelFormatException($"the tree node {node} is not valid.");
            }
        }
    }
}
