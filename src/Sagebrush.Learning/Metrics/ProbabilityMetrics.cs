namespace Sagebrush.Learning.Metrics;

/// <summary>How well scores and probabilities of a class fit what was observed.</summary>
public static class ProbabilityMetrics
{
    /// <summary>Probabilities are kept this far from 0 and 1, as scikit-learn keeps them for float32.</summary>
    public const double SmallestProbability = 1.1920928955078125e-07;

    /// <summary>
    /// Area under the ROC curve: the chance that a positive scores above a negative, ties counting half (exact, Mann–Whitney).
    /// </summary>
    /// <param name="labels">1 (anything above 0.5) for positives, 0 for negatives.</param>
    /// <param name="scores">Higher means more likely positive; any scale.</param>
    /// <param name="weights">How much each row counts, 0 or more; none for equal weights.</param>
    /// <exception cref="ArgumentException">There are no positives or no negatives with a weight, or a score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights = default)
    {
        MetricArguments.Check(labels.Length, scores.Length);
        MetricArguments.CheckWeights(labels.Length, weights);
        foreach (var score in scores)
        {
            if (float.IsNaN(score))
            {
                throw new ArgumentException("A score is not a number.", nameof(scores));
            }
        }

        var order = ScoreOrder.Of(labels, scores, weights);
        if (order.Positives == 0 || order.Negatives == 0)
        {
            throw new ArgumentException("The area under the ROC curve needs both positives and negatives.", nameof(labels));
        }

        var (keys, signed) = (order.Scores, order.SignedWeights);
        var (won, negativesBelow) = (0.0, 0.0);
        for (var first = 0; first < keys.Length;)
        {
            var (tiedPositives, tiedNegatives) = (0.0, 0.0);
            var next = first;
            for (; next < keys.Length && keys[next] == keys[first]; next++)
            {
                tiedPositives += Math.Max(signed[next], 0);
                tiedNegatives -= Math.Min(signed[next], 0);
            }

            won += tiedPositives * (negativesBelow + (tiedNegatives / 2));
            negativesBelow += tiedNegatives;
            first = next;
        }

        return won / order.Positives / order.Negatives;
    }

    /// <summary>Mean negative log-likelihood of two classes, in nats.</summary>
    /// <param name="labels">1 (anything above 0.5) for positives, 0 for negatives.</param>
    /// <param name="probabilities">Probability of the positive class.</param>
    /// <param name="weights">How much each row counts, 0 or more; none for equal weights.</param>
    public static double LogLoss(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weights = default)
    {
        MetricArguments.Check(labels.Length, probabilities.Length);
        MetricArguments.CheckWeights(labels.Length, weights);
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < labels.Length; i++)
        {
            var p = Math.Clamp(probabilities[i], SmallestProbability, 1 - SmallestProbability);
            var weight = weights.IsEmpty ? 1.0 : weights[i];
            sum -= weight * Math.Log(labels[i] > 0.5f ? p : 1 - p);
            total += weight;
        }

        return sum / total;
    }

    /// <summary>Mean negative log-likelihood of several classes, in nats.</summary>
    /// <param name="classes">The observed class per row.</param>
    /// <param name="probabilities">Row-major probabilities, <paramref name="classCount"/> per row.</param>
    /// <param name="classCount">Number of classes.</param>
    /// <param name="weights">How much each row counts, 0 or more; none for equal weights.</param>
    public static double LogLoss(ReadOnlySpan<int> classes, ReadOnlySpan<float> probabilities, int classCount, ReadOnlySpan<float> weights = default)
    {
        MetricArguments.Check(classes.Length * classCount, probabilities.Length);
        MetricArguments.CheckWeights(classes.Length, weights);
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < classes.Length; i++)
        {
            var weight = weights.IsEmpty ? 1.0 : weights[i];
            sum -= weight * Math.Log(Math.Clamp(probabilities[(i * classCount) + classes[i]], SmallestProbability, 1 - SmallestProbability));
            total += weight;
        }

        return sum / total;
    }
}
