namespace Sagebrush.Learning.Search;

/// <summary>Draws from a density known up to a factor, one coordinate at a time (Neal 2003, with stepping out and shrinkage).</summary>
internal static class SliceSampler
{
    private const int MostSteps = 8;
    private const int MostShrinks = 30;

    /// <summary>Moves a state once through all its coordinates.</summary>
    /// <param name="state">The state; changed in place.</param>
    /// <param name="logDensity">The state's log density; negative infinity outside the support.</param>
    /// <param name="density">The logarithm of the density.</param>
    /// <param name="width">A first guess of the slices' width.</param>
    /// <param name="random">Random numbers.</param>
    /// <returns>The new state's log density.</returns>
    public static double Sweep(double[] state, double logDensity, Func<double[], double> density, double width, Random random)
    {
        for (var i = 0; i < state.Length; i++)
        {
            var here = state[i];
            var level = logDensity + Math.Log(1 - random.NextDouble());
            var low = here - (width * random.NextDouble());
            var high = low + width;
            low = StepOut(state, i, low, -width, level, density);
            high = StepOut(state, i, high, width, level, density);
            for (var shrinks = 0; ; shrinks++)
            {
                state[i] = shrinks < MostShrinks ? low + ((high - low) * random.NextDouble()) : here;
                var value = density(state);
                if (value >= level || shrinks == MostShrinks)
                {
                    logDensity = value;
                    break;
                }

                if (state[i] < here)
                {
                    low = state[i];
                }
                else
                {
                    high = state[i];
                }
            }
        }

        return logDensity;
    }

    private static double StepOut(double[] state, int coordinate, double at, double step, double level, Func<double[], double> density)
    {
        for (var steps = 0; steps < MostSteps; steps++, at += step)
        {
            state[coordinate] = at;
            if (density(state) < level)
            {
                break;
            }
        }

        return at;
    }
}
