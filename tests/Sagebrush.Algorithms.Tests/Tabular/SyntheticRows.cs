namespace Sagebrush.Algorithms.Tests.Tabular;

/// <summary>Tables with known structure, the label first.</summary>
internal static class SyntheticRows
{
    /// <summary>A linear target of some features, with noise; features have different means and scales.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="features">Number of features.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="label">Label of a linear score and a uniform number.</param>
    public static List<float[]> Linear(int rows, int features, int seed, Func<double, double, double> label)
    {
        var weights = new Random(7);
        var slopes = Enumerable.Range(0, features).Select(_ => (weights.NextDouble() * 2) - 1).ToArray();
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var row = new float[features + 1];
            double score = 0;
            for (var j = 0; j < features; j++)
            {
                var z = Normal(random);
                score += slopes[j] * z;
                row[j + 1] = (float)((z * Math.Pow(3, j % 4)) + (10 * (j % 3)));
            }

            row[0] = (float)label(score, random.NextDouble());
            return row;
        })];
    }

    /// <summary>Rows around centers, the label being the center.</summary>
    public static List<float[]> Blobs(int rows, int features, int centers, double spread, int seed)
    {
        var places = new Random(11);
        var center = Enumerable.Range(0, centers).Select(_ => Enumerable.Range(0, features).Select(_ => places.NextDouble() * 10).ToArray()).ToArray();
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(i => (float[])
            [i % centers, .. Enumerable.Range(0, features).Select(j => (float)(center[i % centers][j] + (spread * Normal(random))))])];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
