namespace Sagebrush.Learning.Networks;

/// <summary>How a network sees numbers.</summary>
public enum NumberEncoding
{
    /// <summary>Centered, divided by their standard deviation.</summary>
    Standard = 0,

    /// <summary>By their rank, brought to a normal distribution.</summary>
    Quantile = 1,

    /// <summary>Standardized, and beside it how far they fill each of several quantile bins (Gorishniy, Rubachev and Babenko, On Embeddings for Numerical Features in Tabular Deep Learning, 2022).</summary>
    PiecewiseLinear = 2,
}
