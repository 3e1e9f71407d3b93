namespace Sagebrush.Learning.Explain;

/// <summary>SHAP values of linear models whose features are taken as independent (Lundberg &amp; Lee 2017, corollary 1).</summary>
public static class LinearShap
{
    /// <summary>Each feature's weight times its distance from its mean.</summary>
    /// <param name="weights">The model's weights.</param>
    /// <param name="means">The features' means over the background.</param>
    /// <param name="row">The row.</param>
    /// <param name="values">Receives one value per feature.</param>
    public static void Explain(ReadOnlySpan<double> weights, ReadOnlySpan<double> means, ReadOnlySpan<double> row, Span<double> values)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            values[i] = weights[i] * (row[i] - means[i]);
        }
    }
}
