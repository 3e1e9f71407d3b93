namespace Sagebrush.Learning.AutoML;

/// <summary>Finds the probability from which on a row is best called positive.</summary>
internal static class DecisionThreshold
{
    /// <summary>The threshold that serves an objective: 0.5, except where classes of unequal size ask for another.</summary>
    public static double Find(AutopilotTask task, AutopilotObjective objective, float[] labels, float[] outputs)
    {
        if (task.Problem != ProblemType.BinaryClassification || objective.Name is not ("F1" or "BalancedAccuracy"))
        {
            return 0.5;
        }

        var order = (float[])outputs.Clone();
        var positive = (float[])labels.Clone();
        Array.Sort(order, positive);
        var positives = positive.Count(label => label > 0.5f);
        var negatives = positive.Length - positives;
        var (above, falsely) = (positives, negatives);
        var (best, threshold) = (double.NegativeInfinity, 0.5);
        for (var i = 0; i < order.Length; i++)
        {
            if (i == 0 || order[i] != order[i - 1])
            {
                var score = objective.Name == "F1"
                    ? 2.0 * above / (above + falsely + positives)
                    : ((above / (double)positives) + ((negatives - falsely) / (double)negatives)) / 2;
                if (score > best)
                {
                    (best, threshold) = (score, i == 0 ? order[0] : (order[i] + (double)order[i - 1]) / 2);
                }
            }

            if (positive[i] > 0.5f)
            {
                above--;
            }
            else
            {
                falsely--;
            }
        }

        return Math.Clamp(threshold, 1e-6, 1);
    }
}
