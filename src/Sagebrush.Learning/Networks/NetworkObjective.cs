namespace Sagebrush.Learning.Networks;

/// <summary>What a network's training makes small.</summary>
public enum NetworkObjective
{
    /// <summary>Squared errors.</summary>
    SquaredError = 0,

    /// <summary>Absolute errors.</summary>
    AbsoluteError = 1,

    /// <summary>The log loss of two classes.</summary>
    Binary = 2,

    /// <summary>The log loss of several classes.</summary>
    Multiclass = 3,
}
