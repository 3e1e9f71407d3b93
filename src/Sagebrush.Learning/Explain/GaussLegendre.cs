namespace Sagebrush.Learning.Explain;

/// <summary>Gauss–Legendre quadrature on [0, 1]: exact for polynomials of degree below twice the number of points.</summary>
internal static class GaussLegendre
{
    /// <summary>Points and weights.</summary>
    public static (double[] Points, double[] Weights) Of(int count)
    {
        var points = new double[count];
        var weights = new double[count];
        for (var i = 0; i < count; i++)
        {
            // Newton's method from Tricomi's estimate of the root of the Legendre polynomial.
            var x = Math.Cos(Math.PI * (i + 0.75) / (count + 0.5));
            double slope;
            double step;
            do
            {
                double before = 1, value = x;
                for (var k = 2; k <= count; k++)
                {
                    (before, value) = (value, ((((2 * k) - 1) * x * value) - ((k - 1) * before)) / k);
                }

                slope = count * ((x * value) - before) / ((x * x) - 1);
                step = value / slope;
                x -= step;
            }
            while (Math.Abs(step) > 1e-15);

            points[i] = (1 - x) / 2;
            weights[i] = 1 / ((1 - (x * x)) * slope * slope);
        }

        return (points, weights);
    }
}
