namespace Sagebrush.Learning.Search;

/// <summary>How much a point is expected to be better than the best one (Mockus 1978; Jones et al. 1998).</summary>
public static class ExpectedImprovement
{
    private const double InverseRootTwoPi = 0.39894228040143267794;

    /// <summary>The expectation of max(best - f, 0) where f is normal: smaller values are better.</summary>
    /// <param name="mean">Mean of f.</param>
    /// <param name="deviation">Standard deviation of f.</param>
    /// <param name="best">The smallest value so far.</param>
    public static double Of(double mean, double deviation, double best)
    {
        if (deviation <= 0)
        {
            return Math.Max(best - mean, 0);
        }

        var z = (best - mean) / deviation;
        return Math.Max(0, ((best - mean) * Cumulative(z)) + (deviation * InverseRootTwoPi * Math.Exp(-0.5 * z * z)));
    }

    /// <summary>The standard normal distribution function, to 1e-15 (Marsaglia 2004's series, and a continued fraction in the tails).</summary>
    public static double Cumulative(double z)
    {
        const double Tail = 5;
        if (double.IsNaN(z))
        {
            return double.NaN;
        }

        if (Math.Abs(z) > Tail)
        {
            var t = Math.Abs(z);
            var fraction = t;
            for (var k = 60; k >= 1; k--)
            {
                fraction = t + (k / fraction);
            }

            var tail = InverseRootTwoPi * Math.Exp(-0.5 * t * t) / fraction;
            return z > 0 ? 1 - tail : tail;
        }

        double sum = z, term = z, last = 0;
        for (var i = 3; sum != last; i += 2)
        {
            last = sum;
            term *= z * z / i;
            sum += term;
        }

        return 0.5 + (sum * InverseRootTwoPi * Math.Exp(-0.5 * z * z));
    }
}
