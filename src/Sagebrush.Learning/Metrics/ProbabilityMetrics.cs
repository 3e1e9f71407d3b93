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
    /// <exception cref="ArgumentException">There are no positives or no negatives, or a score is NaN.</exception>
    public static double RocAuc(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores)
    {
        MetricArguments.Check(labels.Length, scores.Length);
        var keys = scores.ToArray();
        var positive = new bool[labels.Length];
        long positives = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            if (float.IsNaN(keys[i]))
            {
                throw new ArgumentException("A score is not a number.", nameof(scores));
            }

            positive[i] = labels[i] > 0.5f;
            positives += positive[i] ? 1 : 0;
        }

        var negatives = labels.Length - positives;
        if (positives == 0 || negatives == 0)
        {
            throw new ArgumentException("The area under the ROC curve needs both positives and negatives.", nameof(labels));
        }

        Array.Sort(keys, positive);
        double won = 0;
        long negativesBelow = 0;
        for (var first = 0; first < keys.Length;)
        {
            long tiedPositives = 0;
            long tiedNegatives = 0;
            var next = first;
            for (; next < keys.Length && keys[next] == keys[first]; next++)
            {
                tiedPositives += positive[next] ? 1 : 0;
                tiedNegatives += positive[next] ? 0 : 1;
            }

            won += tiedPositives * (negativesBelow + (tiedNegatives / 2.0));
            negativesBelow += tiedNegatives;
            first = next;
        }

        return won / positives / negatives;
    }

    /// <summary>Mean negative log-likelihood of two classes, in nats.</summary>
    /// <param name="labels">1 (anything above 0.5) for positives, 0 for negatives.</param>
    /// <param name="probabilities">Probability of the positive class.</param>
    public static double LogLoss(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities)
    {
        MetricArguments.Check(labels.Length, probabilities.Length);
        double sum = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var p = Math.Clamp(probabilities[i], SmallestProbability, 1 - SmallestProbability);
            sum -= Math.Log(labels[i] > 0.5f ? p : 1 - p);
        }

        return sum / labels.Length;
    }

    /// <summary>Mean negative log-likelihood of several classes, in nats.</summary>
    /// <param name="classes">The observed class per row.</param>
    /// <param name="probabilities">Row-major probabilities, <paramref name="classCount"/> per row.</param>
    /// <param name="classCount">Number of classes.</param>
    public static double LogLoss(ReadOnlySpan<int> classes, ReadOnlySpan<float> probabilities, int classCount)
    {
        MetricArguments.Check(classes.Length * classCount, probabilities.Length);
        double sum = 0;
        for (var i = 0; i < classes.Length; i++)
        {
            sum -= Math.Log(Math.Clamp(probabilities[(i * classCount) + classes[i]], SmallestProbability, 1 - SmallestProbability));
        }

        return sum / classes.Length;
    }
}
