using Sagebrush.Learning.Metrics;

namespace Sagebrush.Learning.AutoML;

/// <summary>Finds the probability from which on a row is best called positive.</summary>
internal static class DecisionThreshold
{
    /// <summary>The threshold that serves an objective: 0.5, except where classes of unequal size ask for another.</summary>
    public static double Find(AutopilotTask task, AutopilotObjective objective, float[] labels, float[] outputs, float[] weights)
    {
        if (task.Problem != ProblemType.BinaryClassification || objective.Name is not ("F1" or "BalancedAccuracy"))
        {
            return 0.5;
        }

        var rows = ScoreOrder.Of(labels, outputs, weights);
        var (order, signed) = (rows.Scores, rows.SignedWeights);
        var (positives, negatives) = (rows.Positives, rows.Negatives);
        var (above, falsely) = (positives, negatives);
        var (best, threshold) = (double.NegativeInfinity, 0.5);
        for (var i = 0; i < order.Length; i++)
        {
            if (i == 0 || order[i] != order[i - 1])
            {
                var score = objective.Name == "F1"
                    ? 2 * above / (above + falsely + positives)
                    : ((above / positives) + ((negatives - falsely) / negatives)) / 2;
                if (score > best)
                {
                    (best, threshold) = (score, i == 0 ? order[0] : (order[i] + (double)order[i - 1]) / 2);
                }
            }

            above -= Math.Max(signed[i], 0);
            falsely += Math.Min(signed[i], 0);
        }

        return Math.Clamp(threshold, 1e-6, 1);
    }
}
