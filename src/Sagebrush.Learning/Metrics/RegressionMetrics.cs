namespace Sagebrush.Learning.Metrics;

/// <summary>How far predictions are from what was observed. Sums are in double precision.</summary>
/// <remarks>Weights are numbers of 0 or more, one per row, some of them more; none at all are equal ones.</remarks>
public static class RegressionMetrics
{
    /// <summary>Mean of the squared differences.</summary>
    public static double MeanSquaredError(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted, ReadOnlySpan<float> weights = default)
    {
        MetricArguments.Check(actual.Length, predicted.Length);
        MetricArguments.CheckWeights(actual.Length, weights);
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            var difference = (double)actual[i] - predicted[i];
            var weight = weights.IsEmpty ? 1.0 : weights[i];
            sum += weight * difference * difference;
            total += weight;
        }

        return sum / total;
    }

    /// <summary>Square root of the mean squared error, in the unit of the target.</summary>
    public static double RootMeanSquaredError(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted, ReadOnlySpan<float> weights = default) =>
        Math.Sqrt(MeanSquaredError(actual, predicted, weights));

    /// <summary>Mean of the absolute differences, in the unit of the target.</summary>
    public static double MeanAbsoluteError(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted, ReadOnlySpan<float> weights = default)
    {
        MetricArguments.Check(actual.Length, predicted.Length);
        MetricArguments.CheckWeights(actual.Length, weights);
        var (sum, total) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            var weight = weights.IsEmpty ? 1.0 : weights[i];
            sum += weight * Math.Abs((double)actual[i] - predicted[i]);
            total += weight;
        }

        return sum / total;
    }

    /// <summary>Coefficient of determination R²: 1 is perfect, 0 as good as the mean. A constant target gives 1 or 0.</summary>
    public static double RSquared(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted, ReadOnlySpan<float> weights = default)
    {
        var residual = MeanSquaredError(actual, predicted, weights);
        var (mean, total) = (0.0, 0.0);
        for (var i = 0; i < actual.Length; i++)
        {
            var weight = weights.IsEmpty ? 1.0 : weights[i];
            mean += weight * actual[i];
            total += weight;
        }

        mean /= total;
        double spread = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            spread += (weights.IsEmpty ? 1.0 : weights[i]) * (actual[i] - mean) * (actual[i] - mean);
        }

        return spread == 0 ? (residual == 0 ? 1 : 0) : 1 - (residual * total / spread);
    }
}
