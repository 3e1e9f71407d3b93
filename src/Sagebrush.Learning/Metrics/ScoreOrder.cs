namespace Sagebrush.Learning.Metrics;

/// <summary>Rows of two classes in the order of their scores, which curves, areas and thresholds are read from.</summary>
public sealed class ScoreOrder
{
    private ScoreOrder(float[] scores, float[] signedWeights) => (Scores, SignedWeights) = (scores, signedWeights);

    /// <summary>The scores, from the lowest on.</summary>
    public float[] Scores { get; }

    /// <summary>For each of them its row's weight, below 0 for a negative.</summary>
    public float[] SignedWeights { get; }

    /// <summary>Weight of the positives.</summary>
    public double Positives { get; private init; }

    /// <summary>Weight of the negatives.</summary>
    public double Negatives { get; private init; }

    /// <summary>Sorts rows.</summary>
    /// <param name="labels">1 (anything above 0.5) for positives, 0 for negatives.</param>
    /// <param name="scores">Higher means more likely positive; any scale, no NaN.</param>
    /// <param name="weights">How much each row counts, 0 or more; none for equal weights.</param>
    public static ScoreOrder Of(ReadOnlySpan<float> labels, ReadOnlySpan<float> scores, ReadOnlySpan<float> weights)
    {
        var (keys, signed) = (scores.ToArray(), new float[labels.Length]);
        var (positives, negatives) = (0.0, 0.0);
        for (var i = 0; i < signed.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            var isPositive = labels[i] > 0.5f;
            signed[i] = isPositive ? weight : -weight;
            positives += isPositive ? weight : 0;
            negatives += isPositive ? 0 : weight;
        }

        Array.Sort(keys, signed);
        return new(keys, signed) { Positives = positives, Negatives = negatives };
    }
}
