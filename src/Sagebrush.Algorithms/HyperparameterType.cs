namespace Sagebrush.Algorithms;

/// <summary>The kinds of hyperparameters, under the names SageMaker gives them.</summary>
public enum HyperparameterType
{
    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Continuous,

    /// <summary>One of a few words.</summary>
    Categorical,

    /// <summary>Any text, perhaps of a form of its own.</summary>
    FreeText,
}
