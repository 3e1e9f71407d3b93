using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using Sagebrush.Learning.Persistence;

namespace Sagebrush.Learning.Decomposition;

/// <summary>Principal components, the largest first.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class PrincipalComponentsModel
{
    private readonly float[] _means;
    private readonly float[] _directions;
    private readonly float[] _singularValues;

    internal PrincipalComponentsModel(float[] means, float[] directions, float[] singularValues, int rowCount)
    {
        _means = means;
        _directions = directions;
        _singularValues = singularValues;
        RowCount = rowCount;
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _means.Length;

    /// <summary>Number of components.</summary>
    public int ComponentCount => _singularValues.Length;

    /// <summary>Rows it was learnt from.</summary>
    public int RowCount { get; }

    /// <summary>What is subtracted from the features.</summary>
    public ReadOnlySpan<float> Means => _means;

    /// <summary>Unit vectors, one after the other.</summary>
    public ReadOnlySpan<float> Directions => _directions;

    /// <summary>Singular values of the centered rows; squared and divided by the rows less one they are variances.</summary>
    public ReadOnlySpan<float> SingularValues => _singularValues;

    /// <summary>Projects a row on the components.</summary>
    public void Project(ReadOnlySpan<float> row, Span<float> projection)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, FeatureCount);
        var centered = new float[row.Length];
        TensorPrimitives.Subtract(row, _means, centered);
        for (var k = 0; k < ComponentCount; k++)
        {
            projection[k] = TensorPrimitives.Dot(centered, _directions.AsSpan(k * FeatureCount, FeatureCount));
        }
    }

    /// <summary>
    /// The model as a file that <c>numpy.load</c> opens, in SageMaker's form: <c>mean</c>, <c>v</c> (a column per component) and
    /// <c>s</c> (singular values), the largest component last.
    /// </summary>
    public byte[] Save()
    {
        var columns = new float[_directions.Length];
        for (var k = 0; k < ComponentCount; k++)
        {
            for (var j = 0; j < FeatureCount; j++)
            {
                columns[(j * ComponentCount) + ComponentCount - 1 - k] = _directions[(k * FeatureCount) + j];
            }
        }

        var settings = new Dictionary<string, string> { ["algorithm"] = "pca", ["rows"] = RowCount.ToString(CultureInfo.InvariantCulture) };
        return new NumpyArchive { Settings = JsonSerializer.Serialize(settings) }
            .Add<float>("mean", _means)
            .Add<float>("v", columns, FeatureCount, ComponentCount)
            .Add<float>("s", [.. _singularValues.Reverse()])
            .Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static PrincipalComponentsModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, "pca");
        var (means, columns, values) = (archive.Get<float>("mean"), archive.Get<float>("v"), archive.Get<float>("s"));
        if (columns.Length != (long)means.Length * values.Length || columns.Length == 0)
        {
            throw new ModelFormatException($"{columns.Length} weights do not fit {values.Length} components of {means.Length} features.");
        }

        var directions = new float[columns.Length];
        for (var k = 0; k < values.Length; k++)
        {
            for (var j = 0; j < means.Length; j++)
            {
                directions[(k * means.Length) + j] = columns[(j * values.Length) + values.Length - 1 - k];
            }
        }

        Array.Reverse(values);
        return new(means, directions, values, (int)settings.Number("rows"));
    }
}
