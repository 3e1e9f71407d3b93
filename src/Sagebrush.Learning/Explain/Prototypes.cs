using Sagebrush.Learning.Numerics;

namespace Sagebrush.Learning.Explain;

/// <summary>Typical rows of numbers and categories by k-prototypes (Huang 1998), to stand for absent features.</summary>
public static class Prototypes
{
    private const int Iterations = 100;

    /// <summary>Finds typical rows: means of numbers, most frequent categories.</summary>
    /// <param name="rows">The rows; NaN is a missing number and counts for nothing.</param>
    /// <param name="isNumeric">Which features are numbers; the others are codes of categories.</param>
    /// <param name="count">Number of typical rows; fewer where there are fewer different rows.</param>
    /// <param name="seed">Chooses the rows to begin with.</param>
    public static double[][] Find(IReadOnlyList<double[]> rows, IReadOnlyList<bool> isNumeric, int count, int seed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var scales = Scales(rows, isNumeric);
        var centers = Begin(rows, isNumeric, scales, count, new RandomStream(seed));
        var members = new int[rows.Count];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var changed = iteration == 0;
            for (var row = 0; row < members.Length; row++)
            {
                var nearest = 0;
                for (var center = 1; center < centers.Count; center++)
                {
                    nearest = Distance(rows[row], centers[center], isNumeric, scales) < Distance(rows[row], centers[nearest], isNumeric, scales) ? center : nearest;
                }

                changed |= members[row] != nearest;
                members[row] = nearest;
            }

            if (!changed)
            {
                break;
            }

            for (var center = 0; center < centers.Count; center++)
            {
                var mine = Enumerable.Range(0, members.Length).Where(row => members[row] == center).Select(row => rows[row]).ToList();
                centers[center] = mine.Count > 0 ? Middle(mine, isNumeric) : centers[center];
            }
        }

        return [.. centers];
    }

    private static double[] Middle(List<double[]> rows, IReadOnlyList<bool> isNumeric)
    {
        var middle = new double[isNumeric.Count];
        for (var feature = 0; feature < middle.Length; feature++)
        {
            var values = rows.Select(row => row[feature]).Where(value => !double.IsNaN(value)).ToList();
            middle[feature] = values.Count == 0 ? double.NaN
                : isNumeric[feature] ? values.Average()
                : values.GroupBy(value => value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).First().Key;
        }

        return middle;
    }

    // Squared differences in units of the variance, and 1 for another category.
    private static double Distance(double[] a, double[] b, IReadOnlyList<bool> isNumeric, double[] scales)
    {
        var sum = 0.0;
        for (var feature = 0; feature < a.Length; feature++)
        {
            var difference = a[feature] - b[feature];
            sum += !isNumeric[feature] ? (a[feature] == b[feature] ? 0 : 1) : double.IsNaN(difference) ? 0 : difference * difference * scales[feature];
        }

        return sum;
    }

    private static double[] Scales(IReadOnlyList<double[]> rows, IReadOnlyList<bool> isNumeric) => [.. Enumerable.Range(0, isNumeric.Count).Select(feature =>
    {
        var values = rows.Select(row => row[feature]).Where(value => !double.IsNaN(value)).ToList();
        var mean = values.Count > 0 ? values.Average() : 0;
        var variance = values.Count > 0 ? values.Average(value => (value - mean) * (value - mean)) : 0;
        return variance > 0 ? 1 / variance : 0;
    })];

    // Rows far from those already taken, with the probability of their distance (Arthur and Vassilvitskii 2007).
    private static List<double[]> Begin(IReadOnlyList<double[]> rows, IReadOnlyList<bool> isNumeric, double[] scales, int count, RandomStream random)
    {
        List<double[]> centers = [rows[random.Next(rows.Count)]];
        var distances = rows.Select(row => Distance(row, centers[0], isNumeric, scales)).ToArray();
        while (centers.Count < count && distances.Sum() is var total && total > 0)
        {
            var left = random.NextDouble() * total;
            var at = 0;
            while (at < distances.Length - 1 && (left -= distances[at]) > 0)
            {
                at++;
            }

            centers.Add(rows[at]);
            for (var row = 0; row < distances.Length; row++)
            {
                distances[row] = Math.Min(distances[row], Distance(rows[row], rows[at], isNumeric, scales));
            }
        }

        return centers;
    }
}
