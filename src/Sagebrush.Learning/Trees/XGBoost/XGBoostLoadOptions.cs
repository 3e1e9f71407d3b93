namespace Sagebrush.Learning.Trees.XGBoost;

/// <summary>How to read a stored model.</summary>
public sealed record XGBoostLoadOptions
{
    /// <summary>
    /// Evaluate only the rounds up to the stored <c>best_iteration</c>, when there is one, as SageMaker's container does.
    /// The default evaluates all, as <c>Booster.predict</c> does.
    /// </summary>
    public bool UpToBestIteration { get; init; }
}
