using System.Numerics.Tensors;
using Sagebrush.Learning.Metrics;

namespace Sagebrush.Learning.Trees.Boosting;

/// <summary>What judges predictions, under the names LightGBM gives them.</summary>
public sealed class BoostingMetric
{
    private readonly Func<float[], ReadOnlyMemory<float>, double> _evaluate;

    private BoostingMetric(string name, bool isMaximized, BoostingObjective[] objectives, Func<float[], ReadOnlyMemory<float>, double> evaluate) =>
        (Name, IsMaximized, Objectives, _evaluate) = (name, isMaximized, objectives, evaluate);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BoostingMetric> All { get; } =
    [
        Number("rmse", (predicted, labels) => Math.Sqrt(Mean(predicted, labels, (p, y) => (p - y) * (p - y)))),
        Number("l2", (predicted, labels) => Mean(predicted, labels, (p, y) => (p - y) * (p - y))),
        Number("l1", (predicted, labels) => Mean(predicted, labels, (p, y) => Math.Abs(p - y))),
        Number("huber", (predicted, labels) => Mean(predicted, labels, (p, y) => Math.Abs(p - y) <= 0.9 ? (p - y) * (p - y) / 2 : 0.9 * (Math.Abs(p - y) - 0.45))),
        Number("fair", (predicted, labels) => Mean(predicted, labels, (p, y) => Math.Abs(p - y) - Math.Log(1 + Math.Abs(p - y)))),
        Number("mape", (predicted, labels) => Mean(predicted, labels, (p, y) => Math.Abs(p - y) / Math.Max(1, Math.Abs(y)))),
        new("binary_logloss", false, [BoostingObjective.Binary], (predicted, labels) => Mean(predicted, labels, (p, y) => -Log(y > 0 ? p : 1 - p))),
        new("binary_error", false, [BoostingObjective.Binary], (predicted, labels) => Mean(predicted, labels, (p, y) => p > 0.5 == y > 0.5 ? 0 : 1)),
        new("auc", true, [BoostingObjective.Binary], (predicted, labels) => ProbabilityMetrics.RocAuc(labels.Span, predicted)),
        new("cross_entropy", false, [BoostingObjective.Binary], (predicted, labels) => Mean(predicted, labels, (p, y) => -(y * Log(p)) - ((1 - y) * Log(1 - p)))),
        new("average_precision", true, [BoostingObjective.Binary], AveragePrecision),
        new("multi_logloss", false, [BoostingObjective.Multiclass], (predicted, labels) => Classes(predicted, labels, (chances, label) => -Log(chances[label]))),
        new("multi_error", false, [BoostingObjective.Multiclass], (predicted, labels) => Classes(predicted, labels, (chances, label) => TensorPrimitives.IndexOfMax(chances) == label ? 0 : 1)),
    ];

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>Whether larger values are better.</summary>
    public bool IsMaximized { get; }

    /// <summary>The objectives it goes with.</summary>
    public IReadOnlyList<BoostingObjective> Objectives { get; }

    /// <summary>The metric that an objective is judged by unless another is named.</summary>
    public static BoostingMetric Of(BoostingObjective objective) => Find(objective switch
    {
        BoostingObjective.Binary => "binary_logloss",
        BoostingObjective.Multiclass => "multi_logloss",
        BoostingObjective.AbsoluteError => "l1",
        BoostingObjective.Huber => "huber",
        _ => "rmse",
    })!;

    /// <summary>Finds a metric by its name; null when there is none.</summary>
    public static BoostingMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);

    /// <summary>Judges.</summary>
    /// <param name="outputs">What was predicted: a number, the probability of class 1, or a probability per class.</param>
    /// <param name="labels">What is true.</param>
    public double Evaluate(float[] outputs, ReadOnlySpan<float> labels) => _evaluate(outputs, labels.ToArray());

    private static BoostingMetric Number(string name, Func<float[], ReadOnlyMemory<float>, double> evaluate) =>
        new(name, false, [BoostingObjective.SquaredError, BoostingObjective.AbsoluteError, BoostingObjective.Huber], evaluate);

    private static double Log(double chance) => Math.Log(Math.Max(chance, 1e-15));

    private static double Mean(float[] predicted, ReadOnlyMemory<float> labels, Func<double, double, double> loss)
    {
        var sum = 0.0;
        for (var i = 0; i < predicted.Length; i++)
        {
            sum += loss(predicted[i], labels.Span[i]);
        }

        return sum / predicted.Length;
    }

    // The mean of the precisions at each row of class 1, equal predictions taken together.
    private static double AveragePrecision(float[] predicted, ReadOnlyMemory<float> labels)
    {
        var order = Enumerable.Range(0, predicted.Length).OrderByDescending(row => predicted[row]).ToArray();
        var (positives, sum, at) = (0, 0.0, 0);
        while (at < order.Length)
        {
            var before = positives;
            var value = predicted[order[at]];
            for (; at < order.Length && predicted[order[at]] == value; at++)
            {
                positives += labels.Span[order[at]] > 0 ? 1 : 0;
            }

            sum += (positives - before) * (double)positives / at;
        }

        return positives > 0 ? sum / positives : 1;
    }

    private static double Classes(float[] predicted, ReadOnlyMemory<float> labels, Func<float[], int, double> loss)
    {
        var width = predicted.Length / labels.Length;
        var sum = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            sum += loss(predicted[(i * width)..((i + 1) * width)], (int)labels.Span[i]);
        }

        return sum / labels.Length;
    }
}
