namespace Sagebrush.Quickstart;

/// <summary>How near predicted numbers come to the true ones.</summary>
/// <param name="Rmse">The root of the mean squared error, in the target's unit.</param>
/// <param name="Mae">The mean absolute error, in the target's unit.</param>
/// <param name="R2">The share of the target's variance that is explained; 0 is what guessing the mean gets.</param>
internal sealed record RegressionScore(double Rmse, double Mae, double R2)
{
    public static RegressionScore Of(IReadOnlyList<double> actual, IReadOnlyList<double> predicted)
    {
        var mean = actual.Average();
        var (squared, absolute, total) = (0.0, 0.0, 0.0);
        for (var i = 0; i < actual.Count; i++)
        {
            var error = predicted[i] - actual[i];
            squared += error * error;
            absolute += Math.Abs(error);
            total += (actual[i] - mean) * (actual[i] - mean);
        }

        return new(Math.Sqrt(squared / actual.Count), absolute / actual.Count, total == 0 ? double.NaN : 1 - (squared / total));
    }
}
