namespace Sagebrush.Algorithms.AutoML;

/// <summary>What becomes of positives and negatives as the threshold falls.</summary>
internal sealed record ThresholdCurves(IReadOnlyList<double> FalsePositiveRates, IReadOnlyList<double> TruePositiveRates, IReadOnlyList<double> Precisions)
{
    /// <summary>The curves of two classes, thinned out to about as many points as wanted.</summary>
    public static ThresholdCurves Of(float[] labels, float[] probabilities, int points)
    {
        var (keys, positive) = ((float[])probabilities.Clone(), (float[])labels.Clone());
        Array.Sort(keys, positive);
        double positives = positive.Count(label => label > 0.5f);
        var negatives = positive.Length - positives;
        List<double> falsely = [0], truly = [0], precisions = [1];
        var (hits, misses, step, since) = (0, 0, Math.Max(1, keys.Length / points), 0);
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            (hits, misses) = positive[i] > 0.5f ? (hits + 1, misses) : (hits, misses + 1);
            if (++since >= step && (i == 0 || keys[i - 1] != keys[i]) || i == 0)
            {
                falsely.Add(misses / Math.Max(1, negatives));
                truly.Add(hits / Math.Max(1, positives));
                precisions.Add(hits / (double)(hits + misses));
                since = 0;
            }
        }

        return new(falsely, truly, precisions);
    }

    /// <summary>For groups of rows of equal size, by their probability: its mean, and the share of positives.</summary>
    public static IEnumerable<(double Probability, double Share)> Calibration(float[] labels, float[] probabilities, int groups)
    {
        var (keys, positive) = ((float[])probabilities.Clone(), (float[])labels.Clone());
        Array.Sort(keys, positive);
        for (var group = 0; group < groups; group++)
        {
            var (start, end) = (group * keys.Length / groups, (group + 1) * keys.Length / groups);
            if (end > start)
            {
                yield return (keys[start..end].Average(key => (double)key), positive[start..end].Average(label => (double)label));
            }
        }
    }
}
