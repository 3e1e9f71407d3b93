namespace Sagebrush.Learning.Metrics;

/// <summary>How far predictions are from what was observed. Sums are in double precision.</summary>
public static class RegressionMetrics
{
    /// <summary>Mean of the squared differences.</summary>
    public static double MeanSquaredError(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted)
    {
        MetricArguments.Check(actual.Length, predicted.Length);
        double sum = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            var difference = (double)actual[i] - predicted[i];
            sum += difference * difference;
        }

        return sum / actual.Length;
    }

    /// <summary>Square root of the mean squared error, in the unit of the target.</summary>
    public static double RootMeanSquaredError(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted) =>
        Math.Sqrt(MeanSquaredError(actual, predicted));

    /// <summary>Mean of the absolute differences, in the unit of the target.</summary>
    public static double MeanAbsoluteError(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted)
    {
        MetricArguments.Check(actual.Length, predicted.Length);
        double sum = 0;
        for (var i = 0; i < actual.Length; i++)
        {
            sum += Math.Abs((double)actual[i] - predicted[i]);
        }

        return sum / actual.Length;
    }

    /// <summary>Coefficient of determination R²: 1 is perfect, 0 as good as the mean. A constant target gives 1 or 0.</summary>
    public static double RSquared(ReadOnlySpan<float> actual, ReadOnlySpan<float> predicted)
    {
        var residual = MeanSquaredError(actual, predicted) * actual.Length;
        double mean = 0;
        foreach (var value in actual)
        {
            mean += value;
        }

        mean /= actual.Length;
        double total = 0;
        foreach (var value in actual)
        {
            total += (value - mean) * (value - mean);
        }

        return total == 0 ? (residual == 0 ? 1 : 0) : 1 - (residual / total);
    }
}
