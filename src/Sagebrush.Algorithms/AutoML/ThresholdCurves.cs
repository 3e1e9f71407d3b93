using Sagebrush.Learning.Metrics;

namespace Sagebrush.Algorithms.AutoML;

/// <summary>What becomes of positives and negatives as the threshold falls.</summary>
internal sealed record ThresholdCurves(IReadOnlyList<double> FalsePositiveRates, IReadOnlyList<double> TruePositiveRates, IReadOnlyList<double> Precisions)
{
    /// <summary>The curves of two classes, thinned out to about as many points as wanted.</summary>
    public static ThresholdCurves Of(float[] labels, float[] probabilities, float[] weights, int points)
    {
        var rows = ScoreOrder.Of(labels, probabilities, weights);
        var (keys, signed) = (rows.Scores, rows.SignedWeights);
        List<double> falsely = [0], truly = [0], precisions = [1];
        var (hits, misses, step, since) = (0.0, 0.0, Math.Max(1, keys.Length / points), 0);
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            hits += Math.Max(signed[i], 0);
            misses -= Math.Min(signed[i], 0);
            if ((++since >= step && (i == 0 || keys[i - 1] != keys[i])) || i == 0)
            {
                falsely.Add(Share(misses, rows.Negatives));
                truly.Add(Share(hits, rows.Positives));
                precisions.Add(hits + misses > 0 ? hits / (hits + misses) : 1);
                since = 0;
            }
        }

        return new(falsely, truly, precisions);
    }

    /// <summary>For groups of rows of equal size, by their probability: its mean, and the share of positives.</summary>
    public static IEnumerable<(double Probability, double Share)> Calibration(float[] labels, float[] probabilities, float[] weights, int groups)
    {
        var rows = ScoreOrder.Of(labels, probabilities, weights);
        var (keys, signed) = (rows.Scores, rows.SignedWeights);
        for (var group = 0; group < groups; group++)
        {
            var (probability, hits, total) = (0.0, 0.0, 0.0);
            for (var i = group * keys.Length / groups; i < (group + 1) * keys.Length / groups; i++)
            {
                var weight = Math.Abs((double)signed[i]);
                probability += weight * keys[i];
                hits += Math.Max(signed[i], 0);
                total += weight;
            }

            if (total > 0)
            {
                yield return (probability / total, hits / total);
            }
        }
    }

    private static double Share(double part, double whole) => whole > 0 ? part / whole : 0;
}
