namespace Sagebrush.Learning.Linear;

/// <summary>Finds the threshold of a binary classifier that a criterion likes best, exactly: every distinct score is tried.</summary>
internal static class ThresholdSearch
{
    /// <summary>Scores at the threshold or above count as positive.</summary>
    /// <returns>The threshold and the criterion's value with it; larger is better.</returns>
    public static (float Threshold, double Value) Find(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, LinearLearnerOptions options)
    {
        var keys = scores.ToArray();
        var positive = new bool[keys.Length];
        long positives = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            positive[i] = labels[i] > 0.5f;
            positives += positive[i] ? 1 : 0;
        }

        Array.Sort(keys, positive);

        // From nothing positive to all, taking in equal scores together.
        long truePositives = 0;
        long predicted = 0;
        var best = (Threshold: MathF.BitIncrement(keys[^1]), Value: Value(0, 0, positives, keys.Length, options));
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            predicted++;
            truePositives += positive[i] ? 1 : 0;
            if (i > 0 && keys[i - 1] == keys[i])
            {
                continue;
            }

            var value = Value(truePositives, predicted, positives, keys.Length, options);
            if (value > best.Value)
            {
                best = (i == 0 ? keys[0] : Between(keys[i - 1], keys[i]), value);
            }
        }

        return best;
    }

    private static float Between(float low, float high)
    {
        var middle = low + ((high - low) / 2);
        return middle > low && middle <= high ? middle : high;
    }

    private static double Value(long truePositives, long predicted, long positives, long total, LinearLearnerOptions options)
    {
        var precision = predicted == 0 ? 0 : (double)truePositives / predicted;
        var recall = positives == 0 ? 0 : (double)truePositives / positives;
        var square = options.FBeta * options.FBeta;

        // A target that is not reached counts less than any that is, and the nearer the better.
        return options.Criterion switch
        {
            SelectionCriterion.FBeta => precision + recall == 0 ? 0 : (1 + square) * precision * recall / ((square * precision) + recall),
            SelectionCriterion.PrecisionAtTargetRecall => recall >= options.TargetRecall ? precision : recall - 2,
            SelectionCriterion.RecallAtTargetPrecision => precision >= options.TargetPrecision ? recall : precision - 2,
            _ => (total - predicted - positives + (2.0 * truePositives)) / total,
        };
    }
}
