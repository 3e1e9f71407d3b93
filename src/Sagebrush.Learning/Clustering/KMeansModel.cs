using System.Text.Json;
using Sagebrush.Learning.Persistence;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Clustering;

/// <summary>Clusters by their centers.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class KMeansModel
{
    private readonly float[] _centers;
    private readonly CenterIndex _index;

    internal KMeansModel(float[] centers, int featureCount)
    {
        _centers = centers;
        FeatureCount = featureCount;
        _index = new(centers, featureCount);
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of clusters.</summary>
    public int ClusterCount => _index.Count;

    /// <summary>The centers, one after the other.</summary>
    public ReadOnlySpan<float> Centers => _centers;

    /// <summary>Finds the nearest center of each row and the squared Euclidean distance to it.</summary>
    public void Predict(FeatureMatrix rows, Span<int> clusters, Span<float> squaredDistances)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.ColumnCount, FeatureCount, nameof(rows));
        _index.Find(rows, clusters, squaredDistances);
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens: <c>centers</c>.</summary>
    public byte[] Save() => new NumpyArchive { Settings = JsonSerializer.Serialize(new Dictionary<string, string> { ["algorithm"] = "kmeans" }) }
        .Add<float>("centers", _centers, ClusterCount, FeatureCount).Save();

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static KMeansModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        ModelSettings.Read(archive, "kmeans");
        var shape = archive.Shape("centers");
        return shape is [> 0, > 0] ? new(archive.Get<float>("centers"), shape[1]) : throw new ModelFormatException("the array 'centers' has no rows and columns.");
    }
}
