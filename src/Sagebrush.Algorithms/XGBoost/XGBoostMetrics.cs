using System.Globalization;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The evaluation metrics of SageMaker's XGBoost: those of the library and those its container adds.</summary>
internal static class XGBoostMetrics
{
    /// <summary>Metrics to maximize.</summary>
    public static readonly string[] Maximized =
    [
        "accuracy", "auc", "aucpr", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "map", "ndcg", "precision", "r2", "recall",
        "precision_macro", "precision_micro", "recall_macro", "recall_micro",
    ];

    /// <summary>Metrics to minimize.</summary>
    public static readonly string[] Minimized =
    [
        "aft-nloglik", "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy", "logloss", "mae",
        "mape", "merror", "mlogloss", "mphe", "mse", "poisson-nloglik", "rmse", "rmsle", "tweedie-nloglik",
    ];

    /// <summary>Metrics that take a threshold or a cut-off behind an <c>@</c>.</summary>
    private static readonly string[] WithArgument = ["error", "ndcg", "map", "tweedie-nloglik"];

    // The number's expression is the one DescribeTrainingJob shows for SageMaker's own XGBoost jobs.
    private const string Number = "([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)";

    /// <summary>The metrics of a training job that defines none, for training and validation data.</summary>
    public static IReadOnlyList<AlgorithmMetric> Definitions { get; } =
    [
        .. from dataSet in (string[])["train", "validation"]
           from metric in Maximized.Concat(Minimized).Order(StringComparer.Ordinal)
           select new AlgorithmMetric(
               $"{dataSet}:{metric}", $".*\\[[0-9]+\\].*#011{dataSet}-{metric}:{Number}.*", Array.IndexOf(Maximized, metric) >= 0),
    ];

    /// <summary>Whether larger values of a metric are better.</summary>
    public static bool IsMaximized(string metric) => Array.IndexOf(Maximized, BaseName(metric)) >= 0;

    /// <summary>Says what is wrong with a comma-separated list of metrics; null when it is well.</summary>
    public static string? Check(string list)
    {
        foreach (var metric in Split(list))
        {
            var at = metric.IndexOf('@', StringComparison.Ordinal);
            var name = BaseName(metric);
            if (at >= 0 && !WithArgument.Contains(name))
            {
                return $"metric '{metric}' is not supported; a value behind '@' is possible for {string.Join(", ", WithArgument)}";
            }

            if (at >= 0 && !double.TryParse(metric[(at + 1)..].TrimEnd('-'), NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                return $"the value in '{metric}' must be a number";
            }

            if (!Maximized.Contains(name) && !Minimized.Contains(name))
            {
                return $"metric '{metric}' is not one of {string.Join(", ", Maximized.Concat(Minimized).Order(StringComparer.Ordinal))}";
            }
        }

        return null;
    }

    /// <summary>The metrics of a comma-separated list.</summary>
    public static string[] Split(string list) =>
        list.Trim().TrimStart('[').TrimEnd(']').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A metric without its threshold, and without the minus that changes how ndcg and map treat lists without hits.</summary>
    public static string BaseName(string metric)
    {
        var at = metric.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? metric : metric[..at];
        return name is "ndcg-" or "map-" ? name[..^1] : name;
    }
}
