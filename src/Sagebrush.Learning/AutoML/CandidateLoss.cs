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
        return objective.Name == "AUC" ? 1 - ProbabilityMetrics.RocAuc(labels, outputs) + (0.02 * likelihood) : likelihood;
    }

    /// <summary>The loss of saying the same of all rows: their mean, or how frequent the classes are.</summary>
    public static double OfConstant(AutopilotTask task, AutopilotObjective objective, float[] labels)
    {
        var constant = new float[task.OutputCount];
        foreach (var label in labels)
        {
            constant[constant.Length == 1 ? 0 : (int)label] += (constant.Length == 1 ? label : 1) / labels.Length;
        }

        return Of(task, objective, labels, [.. labels.SelectMany(_ => constant)], []);
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
