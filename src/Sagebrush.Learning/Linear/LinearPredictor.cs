namespace Sagebrush.Learning.Linear;

/// <summary>What a linear model predicts.</summary>
public enum LinearPredictor
{
    /// <summary>A number.</summary>
    Regressor,

    /// <summary>One of two classes, 0 and 1.</summary>
    BinaryClassifier,

    /// <summary>One of several classes, numbered from 0.</summary>
    MulticlassClassifier,
}
