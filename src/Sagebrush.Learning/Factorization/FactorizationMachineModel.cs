using System.Text.Json;
using Sagebrush.Learning.Persistence;

namespace Sagebrush.Learning.Factorization;

/// <summary>A factorization machine.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class FactorizationMachineModel
{
    private readonly float _bias;
    private readonly float[] _weights;
    private readonly float[] _factors;

    internal FactorizationMachineModel(bool isClassifier, float bias, float[] weights, float[] factors, int factorCount)
    {
        IsClassifier = isClassifier;
        _bias = bias;
        _weights = weights;
        _factors = factors;
        FactorCount = factorCount;
    }

    /// <summary>Whether it predicts the probability of class 1; otherwise a number.</summary>
    public bool IsClassifier { get; }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _weights.Length;

    /// <summary>Number of factors per feature.</summary>
    public int FactorCount { get; }

    /// <summary>Predicts a sparse row.</summary>
    /// <param name="indices">Its features.</param>
    /// <param name="values">Their values.</param>
    /// <returns>The number, or the probability of class 1.</returns>
    public float Predict(ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
    {
        double score = _bias;
        var sums = new double[FactorCount];
        double squares = 0;
        for (var i = 0; i < indices.Length; i++)
        {
            var x = values[i];
            score += _weights[indices[i]] * x;
            var own = _factors.AsSpan(indices[i] * FactorCount, FactorCount);
            for (var f = 0; f < own.Length; f++)
            {
                var part = (double)own[f] * x;
                sums[f] += part;
                squares += part * part;
            }
        }

        foreach (var sum in sums)
        {
            score += sum * sum / 2;
        }

        score -= squares / 2;
        return (float)(IsClassifier ? 1 / (1 + Math.Exp(-score)) : score);
    }

    /// <summary>Predicts a row with all its features.</summary>
    public float Predict(ReadOnlySpan<float> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, FeatureCount);
        var present = new List<int>();
        var values = new List<float>();
        for (var j = 0; j < row.Length; j++)
        {
            if (row[j] != 0)
            {
                present.Add(j);
                values.Add(row[j]);
            }
        }

        return Predict(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(present), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values));
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens: <c>w0</c>, <c>w1</c> per feature, and <c>v</c> per feature and factor.</summary>
    public byte[] Save()
    {
        var settings = new Dictionary<string, string> { ["algorithm"] = "factorization-machines", ["classifier"] = IsClassifier ? "1" : "0" };
        return new NumpyArchive { Settings = JsonSerializer.Serialize(settings) }
            .Add<float>("w0", [_bias]).Add<float>("w1", _weights).Add<float>("v", _factors, FeatureCount, FactorCount).Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static FactorizationMachineModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, "factorization-machines");
        var (bias, weights, factors) = (archive.Get<float>("w0"), archive.Get<float>("w1"), archive.Get<float>("v"));
        if (bias.Length != 1 || weights.Length == 0 || factors.Length == 0 || factors.Length % weights.Length != 0)
        {
            throw new ModelFormatException($"{factors.Length} factors do not fit {weights.Length} features.");
        }

        return new(settings.Number("classifier") != 0, bias[0], weights, factors, factors.Length / weights.Length);
    }
}
