using Sagebrush.Learning.Metrics;

namespace Sagebrush.Learning.AutoML;

/// <summary>What makes a candidate the best, by SageMaker's names.</summary>
/// <param name="Name">For example <c>AUC</c>.</param>
/// <param name="IsMaximized">Whether larger is better.</param>
/// <param name="Problems">The problems it is for.</param>
public sealed record AutopilotObjective(string Name, bool IsMaximized, IReadOnlyList<ProblemType> Problems)
{
    private const ProblemType R = ProblemType.Regression;
    private const ProblemType B = ProblemType.BinaryClassification;
    private const ProblemType M = ProblemType.MulticlassClassification;

    /// <summary>All objectives.</summary>
    public static IReadOnlyList<AutopilotObjective> All { get; } =
    [
        new("MSE", false, [R]), new("RMSE", false, [R]), new("MAE", false, [R]), new("R2", true, [R]),
        new("F1", true, [B]), new("Accuracy", true, [B, M]), new("BalancedAccuracy", true, [B, M]), new("AUC", true, [B]), new("Precision", true, [B]), new("Recall", true, [B]),
        new("F1macro", true, [M]), new("PrecisionMacro", true, [M]), new("RecallMacro", true, [M]),
    ];

    /// <summary>The objective of a problem when none is asked for: MSE, F1 or Accuracy, as in SageMaker.</summary>
    public static AutopilotObjective DefaultFor(ProblemType problem) => Find(problem switch { R => "MSE", B => "F1", _ => "Accuracy" })!;

    /// <summary>Finds an objective by its name; null when there is none.</summary>
    public static AutopilotObjective? Find(string name) => All.FirstOrDefault(objective => objective.Name == name);

    /// <summary>All metrics of predictions, by name: the objectives of the problem, and <c>LogLoss</c> for classes.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="labels">Class numbers or values.</param>
    /// <param name="outputs">What the model gave: values, probabilities of the positive class, or rows of probabilities.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="threshold">The probability from which on a row counts as positive.</param>
    /// <param name="weights">How much each row counts, 0 or more; none for equal weights.</param>
    public static IReadOnlyDictionary<string, double> Evaluate(
        ProblemType problem, ReadOnlySpan<float> labels, ReadOnlySpan<float> outputs, int classCount, double threshold = 0.5, ReadOnlySpan<float> weights = default)
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        if (problem == R)
        {
            metrics["MSE"] = RegressionMetrics.MeanSquaredError(labels, outputs, weights);
            metrics["RMSE"] = Math.Sqrt(metrics["MSE"]);
            metrics["MAE"] = RegressionMetrics.MeanAbsoluteError(labels, outputs, weights);
            metrics["R2"] = RegressionMetrics.RSquared(labels, outputs, weights);
            return metrics;
        }

        int[] actual = [.. labels.ToArray().Select(label => (int)label)];
        var matrix = ConfusionMatrix.Count(actual, Decide(problem, outputs, classCount, threshold), classCount, weights);
        metrics["Accuracy"] = matrix.Accuracy;
        metrics["BalancedAccuracy"] = matrix.BalancedAccuracy;
        if (problem == B)
        {
            metrics["F1"] = matrix.F1(1);
            metrics["Precision"] = matrix.Precision(1);
            metrics["Recall"] = matrix.Recall(1);
            metrics["AUC"] = matrix.Observed(0) > 0 && matrix.Observed(1) > 0 ? ProbabilityMetrics.RocAuc(labels, outputs, weights) : double.NaN;
            metrics["LogLoss"] = ProbabilityMetrics.LogLoss(labels, outputs, weights);
        }
        else
        {
            metrics["F1macro"] = matrix.MacroF1;
            metrics["PrecisionMacro"] = matrix.MacroPrecision;
            metrics["RecallMacro"] = matrix.MacroRecall;
            metrics["LogLoss"] = ProbabilityMetrics.LogLoss(actual, outputs, classCount, weights);
        }

        return metrics;
    }

    /// <summary>The class numbers that probabilities stand for.</summary>
    public static int[] Decide(ProblemType problem, ReadOnlySpan<float> outputs, int classCount, double threshold)
    {
        var width = problem == B ? 1 : classCount;
        var decided = new int[outputs.Length / width];
        for (var row = 0; row < decided.Length; row++)
        {
            decided[row] = problem == B
                ? outputs[row] >= threshold ? 1 : 0
                : System.Numerics.Tensors.TensorPrimitives.IndexOfMax(outputs.Slice(row * width, width));
        }

        return decided;
    }
}
