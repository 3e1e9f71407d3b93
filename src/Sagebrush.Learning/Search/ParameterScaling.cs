namespace Sagebrush.Learning.Search;

/// <summary>How a numeric range is spread before it is searched.</summary>
public enum ParameterScaling
{
    /// <summary>Chosen from the range: logarithmic where it spans three orders of magnitude, linear otherwise.</summary>
    Auto,

    /// <summary>Equal differences are equally far apart.</summary>
    Linear,

    /// <summary>Equal ratios are equally far apart; for ranges above zero.</summary>
    Logarithmic,

    /// <summary>Equal ratios of the distance to one are equally far apart; for ranges within [0, 1).</summary>
    ReverseLogarithmic,
}
