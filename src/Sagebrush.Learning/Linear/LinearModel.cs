using System.Globalization;
using System.Text.Json;
using Sagebrush.Learning.Persistence;

namespace Sagebrush.Learning.Linear;

/// <summary>A linear model: weights and biases for features as they come.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class LinearModel
{
    private readonly double[] _weights;
    private readonly double[] _biases;

    internal LinearModel(LinearPredictor predictor, LinearLoss loss, int featureCount, double[] weights, double[] biases, float threshold)
    {
        Predictor = predictor;
        Loss = loss;
        FeatureCount = featureCount;
        _weights = weights;
        _biases = biases;
        Threshold = threshold;
    }

    /// <summary>What it predicts.</summary>
    public LinearPredictor Predictor { get; }

    /// <summary>The loss it was trained for.</summary>
    public LinearLoss Loss { get; }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>Scores per row: one, or one per class.</summary>
    public int OutputCount => _biases.Length;

    /// <summary>Weights, output after output.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <summary>Biases, one per output.</summary>
    public ReadOnlySpan<double> Biases => _biases;

    /// <summary>The margin (the score before the logistic function) from which on a binary classifier says 1.</summary>
    public float Threshold { get; }

    /// <summary>Predicts a row.</summary>
    /// <param name="row">Its features.</param>
    /// <param name="scores">
    /// Receives <see cref="OutputCount"/> scores: the number, the probability of class 1, or the probability per class; with
    /// the hinge loss margins instead of probabilities.
    /// </param>
    /// <returns>The number or the class.</returns>
    public float Predict(ReadOnlySpan<float> row, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, FeatureCount);
        Margins(row, scores);
        if (Predictor == LinearPredictor.Regressor)
        {
            return scores[0];
        }

        if (Predictor == LinearPredictor.BinaryClassifier)
        {
            var isPositive = scores[0] >= Threshold;
            scores[0] = Loss == LinearLoss.Logistic ? (float)(1 / (1 + Math.Exp(-(double)scores[0]))) : scores[0];
            return isPositive ? 1 : 0;
        }

        var largest = 0;
        for (var k = 1; k < _biases.Length; k++)
        {
            largest = scores[k] > scores[largest] ? k : largest;
        }

        if (Loss == LinearLoss.Softmax)
        {
            var top = scores[largest];
            double sum = 0;
            for (var k = 0; k < _biases.Length; k++)
            {
                sum += Math.Exp(scores[k] - top);
            }

            for (var k = 0; k < _biases.Length; k++)
            {
                scores[k] = (float)(Math.Exp(scores[k] - top) / sum);
            }
        }

        return largest;
    }

    /// <summary>Sums of weighted features and biases, before any link.</summary>
    internal void Margins(ReadOnlySpan<float> row, Span<float> scores)
    {
        for (var k = 0; k < _biases.Length; k++)
        {
            scores[k] = (float)Margin(row, k);
        }
    }

    /// <summary>The model as a file that <c>numpy.load</c> opens: <c>weights</c>, <c>biases</c> and settings.</summary>
    public byte[] Save()
    {
        var settings = new Dictionary<string, string>
        {
            ["algorithm"] = "linear-learner",
            ["predictor"] = Predictor.ToString(),
            ["loss"] = Loss.ToString(),
            ["threshold"] = Threshold.ToString("R", CultureInfo.InvariantCulture),
        };
        return new NumpyArchive { Settings = JsonSerializer.Serialize(settings) }
            .Add<double>("weights", _weights, OutputCount, FeatureCount).Add<double>("biases", _biases).Save();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="ModelFormatException">The file is no such model.</exception>
    public static LinearModel Load(string path)
    {
        var archive = NumpyArchive.Load(path);
        var settings = ModelSettings.Read(archive, "linear-learner");
        var weights = archive.Get<double>("weights");
        var biases = archive.Get<double>("biases");
        if (biases.Length == 0 || weights.Length % biases.Length != 0)
        {
            throw new ModelFormatException($"{weights.Length} weights do not fit {biases.Length} biases.");
        }

        return new(
            settings.Word<LinearPredictor>("predictor"), settings.Word<LinearLoss>("loss"), weights.Length / biases.Length, weights, biases, (float)settings.Number("threshold"));
    }

    private double Margin(ReadOnlySpan<float> row, int output)
    {
        var weights = _weights.AsSpan(output * FeatureCount, FeatureCount);
        double even = 0;
        double odd = 0;
        var j = 0;
        for (; j + 1 < row.Length; j += 2)
        {
            even += weights[j] * row[j];
            odd += weights[j + 1] * row[j + 1];
        }

        return _biases[output] + even + odd + (j < row.Length ? weights[j] * row[j] : 0);
    }
}
