using Sagebrush.Learning.Numerics;
using Sagebrush.Learning.Tables;

namespace Sagebrush.Learning.Clustering;

/// <summary>First centers: k-means++ (Arthur and Vassilvitskii 2007) with its greedy choice among several candidates, or random rows.</summary>
internal static class CenterSeeding
{
    public static float[] Choose(FeatureMatrix rows, ReadOnlySpan<double> weights, int count, bool spread, RandomStream random)
    {
        var columns = rows.ColumnCount;
        var centers = new float[checked(count * columns)];
        if (!spread)
        {
            var sample = random.Sample(rows.RowCount, count);
            for (var k = 0; k < count; k++)
            {
                rows.Row(sample[k]).CopyTo(centers.AsSpan(k * columns));
            }

            return centers;
        }

        var distances = new double[rows.RowCount];
        Array.Fill(distances, double.PositiveInfinity);
        var candidate = new double[rows.RowCount];
        var best = new double[rows.RowCount];
        var trials = 2 + (int)Math.Log(count);
        for (var k = 0; k < count; k++)
        {
            var chosen = -1;
            var smallest = double.PositiveInfinity;
            for (var trial = 0; trial < (k == 0 ? 1 : trials); trial++)
            {
                var row = k == 0 ? Draw(weights, default, random) : Draw(weights, distances, random);
                double loss = 0;
                for (var i = 0; i < candidate.Length; i++)
                {
                    candidate[i] = Math.Min(distances[i], CenterIndex.SquaredDistance(rows.Row(i), rows.Row(row)));
                    loss += weights[i] * candidate[i];
                }

                if (loss < smallest || chosen < 0)
                {
                    (chosen, smallest) = (row, loss);
                    (best, candidate) = (candidate, best);
                }
            }

            (distances, best) = (best, distances);
            rows.Row(chosen).CopyTo(centers.AsSpan(k * columns));
        }

        return centers;
    }

    private static int Draw(ReadOnlySpan<double> weights, ReadOnlySpan<double> distances, RandomStream random)
    {
        double total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            total += distances.IsEmpty ? weights[i] : weights[i] * distances[i];
        }

        if (!(total > 0))
        {
            // All rows lie on centers already.
            return random.Next(weights.Length);
        }

        var target = random.NextDouble() * total;
        for (var i = 0; i < weights.Length; i++)
        {
            target -= distances.IsEmpty ? weights[i] : weights[i] * distances[i];
            if (target < 0)
            {
                return i;
            }
        }

        return weights.Length - 1;
    }
}
