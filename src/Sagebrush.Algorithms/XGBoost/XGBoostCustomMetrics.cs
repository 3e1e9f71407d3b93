using Sagebrush.Learning.Metrics;
using Sagebrush.Learning.Trees.XGBoost;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The metrics that SageMaker's container computes beside the library's.</summary>
internal static class XGBoostCustomMetrics
{
    private const int MostClasses = 10_000;

    private static readonly string[] Names =
    [
        "accuracy", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "mse", "precision", "precision_macro", "precision_micro", "r2",
        "recall", "recall_macro", "recall_micro",
    ];

    public static bool Contains(string metric) => Names.Contains(metric);

    /// <summary>Evaluates metrics on a data set, in their order; over all hosts' rows when several train together.</summary>
    public static IEnumerable<EvaluatedMetric> Evaluate(
        Booster booster, XGBoostData data, XGBoostObjective objective, int classCount, IReadOnlyList<string> metrics, XGBoostCluster? cluster)
    {
        if (metrics.Count == 0)
        {
            return [];
        }

        // Classes follow from margins: the largest one, or a positive one. Errors are taken in the unit of the label.
        if (metrics.FirstOrDefault(metric => metric is not ("mse" or "r2")) is { } named
            && Array.Exists(data.Labels, label => !(label >= 0 && label <= MostClasses && label == MathF.Floor(label))))
        {
            throw new CustomerErrorException($"Metric '{named}' can only be applied for classification problems: labels must be 0, 1, 2, …");
        }

        var margins = booster.Predict(data.Matrix, margins: true);
        var predictions = metrics.Any(metric => metric is "mse" or "r2") ? booster.Predict(data.Matrix) : [];
        var classes = metrics.Any(metric => metric is not ("mse" or "r2"))
            ? ConfusionMatrix.Count(
                Array.ConvertAll(data.Labels, label => (int)label),
                Classes(margins, objective.IsMultiClass ? classCount : 1),
                objective.IsMultiClass ? classCount : 0)
            : null;
        if (cluster is null)
        {
            return [.. metrics.Select(metric => new EvaluatedMetric(data.Name, metric, Value(metric, data.Labels, predictions, classes)))];
        }

        var together = classes is null ? null : Together(classes, cluster);
        return [.. metrics.Select(metric => new EvaluatedMetric(
            data.Name, metric, metric is "mse" or "r2" ? Error(metric, data.Labels, predictions, cluster) : Value(metric, data.Labels, predictions, together)))];
    }

    private static ConfusionMatrix Together(ConfusionMatrix own, XGBoostCluster cluster)
    {
        var classCount = (int)cluster.Max(own.ClassCount);
        var counts = new double[classCount * classCount];
        for (var actual = 0; actual < own.ClassCount; actual++)
        {
            for (var predicted = 0; predicted < own.ClassCount; predicted++)
            {
                counts[(actual * classCount) + predicted] = own[actual, predicted];
            }
        }

        return ConfusionMatrix.FromCounts(cluster.Sum(counts), classCount);
    }

    // Both follow from four sums, which are the only thing hosts need to tell each other.
    private static double Error(string metric, float[] labels, float[] predictions, XGBoostCluster cluster)
    {
        double sum = 0, squares = 0, residual = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            double label = labels[i], difference = label - predictions[i];
            sum += label;
            squares += label * label;
            residual += difference * difference;
        }

        var all = cluster.Sum(labels.Length, sum, squares, residual);
        var total = all[2] - (all[1] * all[1] / all[0]);
        return metric == "mse" ? all[3] / all[0] : total == 0 ? (all[3] == 0 ? 1 : 0) : 1 - (all[3] / total);
    }

    private static double Value(string metric, float[] labels, float[] predictions, ConfusionMatrix? classes) => metric switch
    {
        "mse" => RegressionMetrics.MeanSquaredError(labels, predictions),
        "r2" => RegressionMetrics.RSquared(labels, predictions),
        "balanced_accuracy" => classes!.BalancedAccuracy,
        "f1" or "f1_macro" => classes!.MacroF1,
        "f1_binary" => OfPositive(metric, classes!, matrix => matrix.F1(1)),
        "precision" => OfPositive(metric, classes!, matrix => matrix.Precision(1)),
        "recall" => OfPositive(metric, classes!, matrix => matrix.Recall(1)),
        "precision_macro" => classes!.MacroPrecision,
        "recall_macro" => classes!.MacroRecall,

        // Averaged over all decisions, precision and recall of one class per row are the accuracy.
        _ => classes!.Accuracy,
    };

    private static double OfPositive(string metric, ConfusionMatrix classes, Func<ConfusionMatrix, double> value)
    {
        if (classes.ClassCount > 2)
        {
            throw new CustomerErrorException(
                $"Metric '{metric}' needs two classes, but the target has {classes.ClassCount}; use its _macro or _micro form.");
        }

        return classes.ClassCount < 2 ? 0 : value(classes);
    }

    private static int[] Classes(float[] margins, int groups)
    {
        var classes = new int[margins.Length / groups];
        for (var row = 0; row < classes.Length; row++)
        {
            if (groups == 1)
            {
                classes[row] = margins[row] > 0 ? 1 : 0;
                continue;
            }

            var best = 0;
            for (var i = 1; i < groups; i++)
            {
                best = margins[(row * groups) + i] > margins[(row * groups) + best] ? i : best;
            }

            classes[row] = best;
        }

        return classes;
    }
}
