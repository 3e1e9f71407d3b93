namespace Sagebrush.Learning.Search;

/// <summary>The process under one kernel drawn from the posterior, and what is to be beaten under it.</summary>
internal sealed class KernelSample(SurrogateModel model, GaussianProcess process, double[] state, double best)
{
    private readonly double[] _warped = new double[model.InputWidth];
    private double _best = best;

    /// <summary>The expected improvement at a place.</summary>
    public double Improvement(ReadOnlySpan<double> place)
    {
        model.Warp(place, state, _warped);
        var (mean, variance) = process.Predict(_warped);
        return ExpectedImprovement.Of(mean, Math.Sqrt(variance), _best);
    }

    /// <summary>Takes a value drawn from the process for a place that is still being tried.</summary>
    public void Fantasise(ReadOnlySpan<double> place, Random random)
    {
        model.Warp(place, state, _warped);
        var (mean, variance) = process.Predict(_warped);

        // Box & Muller 1958.
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var value = mean + (Math.Sqrt(variance) * normal);
        if (process.TryAdd(_warped, value))
        {
            _best = Math.Min(_best, value);
        }
    }
}
