namespace Sagebrush.Learning.Linear;

/// <summary>What chooses among binary classifiers and their thresholds.</summary>
public enum SelectionCriterion
{
    /// <summary>The share of rows classified rightly.</summary>
    Accuracy,

    /// <summary>The F-beta score.</summary>
    FBeta,

    /// <summary>The best precision with at least the target recall.</summary>
    PrecisionAtTargetRecall,

    /// <summary>The best recall with at least the target precision.</summary>
    RecallAtTargetPrecision,

    /// <summary>The loss that was trained for; the threshold stays in the middle.</summary>
    LossFunction,
}
