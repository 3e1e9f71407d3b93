namespace Sagebrush.Learning.Search;

/// <summary>Bends [0, 1] onto itself by the Kumaraswamy distribution function, as input warping does (Snoek et al. 2014).</summary>
public static class KumaraswamyWarp
{
    /// <summary>1 - (1 - u^a)^b.</summary>
    /// <param name="u">A number in [0, 1].</param>
    /// <param name="a">First shape, above 0; 1 together with <paramref name="b"/> = 1 changes nothing.</param>
    /// <param name="b">Second shape, above 0.</param>
    public static double Of(double u, double a, double b) => 1 - Math.Pow(1 - Math.Pow(Math.Clamp(u, 0, 1), a), b);
}
