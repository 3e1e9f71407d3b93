using Sagebrush.Learning.Metrics;

namespace Sagebrush.Learning.AutoML;

/// <summary>How far predictions are from labels, by which candidates and ensembles are compared: smoother than most objectives, and leading to the same.</summary>
internal static class CandidateLoss
{
    /// <summary>The loss that serves an objective, the smaller the better.</summary>
    public static double Of(AutopilotTask task, AutopilotObjective objective, ReadOnlySpan<float> labels, ReadOnlySpan<float> outputs, ReadOnlySpan<float> weights)
    {
        if (task.Problem == ProblemType.Regression)
        {
            return Errors(labels, outputs, weights, objective.Name == "MAE");
        }

        var likelihood = LogLoss(task, labels, outputs, weights);

        // The ranking decides; the likelihood breaks ties between nearly equal rankings.
        return objective.Name == "AUC" && HasBothClasses(labels, weights) ? 1 - ProbabilityMetrics.RocAuc(labels, outputs, weights) + (0.02 * likelihood) : likelihood;
    }

    /// <summary>The loss of saying the same of all rows: their mean, or how frequent the classes are.</summary>
    public static double OfConstant(AutopilotTask task, AutopilotObjective objective, float[] labels, float[] weights)
    {
        var constant = new float[task.OutputCount];
        var total = weights.Length == 0 ? labels.Length : weights.Sum();
        for (var row = 0; row < labels.Length; row++)
        {
            var share = (weights.Length == 0 ? 1 : weights[row]) / total;
            constant[constant.Length == 1 ? 0 : (int)labels[row]] += share * (constant.Length == 1 ? labels[row] : 1);
        }

        return Of(task, objective, labels, [.. labels.SelectMany(_ => constant)], weights);
    }

    private static bool HasBothClasses(ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        var (hasPositive, hasNegative) = (false, false);
        for (var row = 0; row < labels.Length && !(hasPositive && hasNegative); row++)
        {
            var counts = weights.IsEmpty || weights[row] > 0;
            hasPositive |= counts && labels[row] > 0.5f;
            hasNegative |= counts && labels[row] <= 0.5f;
        }

        return hasPositive && hasNegative;
    }

    private static double Errors(ReadOnlySpan<float> labels, ReadOnlySpan<float> outputs, ReadOnlySpan<float> weights, bool isAbsolute)
    {
        var (sum, total) = (0.0, 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            var weight = weights.IsEmpty ? 1 : weights[row];
            var error = (double)outputs[row] - labels[row];
            sum += weight * (isAbsolute ? Math.Abs(error) : error * error);
            total += weight;
        }

        return sum / total;
    }

    private static double LogLoss(AutopilotTask task, ReadOnlySpan<float> labels, ReadOnlySpan<float> outputs, ReadOnlySpan<float> weights)
    {
        var (sum, total, width) = (0.0, 0.0, task.OutputCount);
        for (var row = 0; row < labels.Length; row++)
        {
            var weight = weights.IsEmpty ? 1 : weights[row];
            var probability = width == 1 ? labels[row] > 0.5f ? outputs[row] : 1 - outputs[row] : outputs[(row * width) + (int)labels[row]];
            sum -= weight * Math.Log(Math.Max(probability, 1e-6));
            total += weight;
        }

        return sum / total;
    }
}
