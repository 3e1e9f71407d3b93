namespace Sagebrush.Learning.Explain;

/// <summary>Sums up the SHAP values of many rows into one number per feature, by the methods SageMaker Clarify names.</summary>
public static class GlobalShap
{
    /// <summary>The mean of the absolute values (<c>mean_abs</c>).</summary>
    public static double MeanAbsolute(IReadOnlyList<double> values) => values.Average(Math.Abs);

    /// <summary>The median (<c>median</c>).</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The mean of the squares (<c>mean_sq</c>).</summary>
    public static double MeanSquare(IReadOnlyList<double> values) => values.Average(value => value * value);
}
