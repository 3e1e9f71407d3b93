namespace Sagebrush.Learning.AutoML;

/// <summary>What is to be predicted.</summary>
public enum ProblemType
{
    /// <summary>A number.</summary>
    Regression = 0,

    /// <summary>Which of two classes.</summary>
    BinaryClassification = 1,

    /// <summary>Which of several classes.</summary>
    MulticlassClassification = 2,
}
