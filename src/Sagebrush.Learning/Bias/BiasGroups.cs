namespace Sagebrush.Learning.Bias;

/// <summary>What bias is measured over: who belongs to the sensitive group, who has a favorable label, who is predicted one.</summary>
/// <remarks>Groups and outcomes are as in SageMaker Clarify: <c>d</c> is the sensitive group, <c>a</c> everybody else.</remarks>
public sealed record BiasGroups
{
    /// <summary>Whether a row belongs to the sensitive group, per row.</summary>
    public required IReadOnlyList<bool> IsSensitive { get; init; }

    /// <summary>Whether a row's label is favorable, per row.</summary>
    public required IReadOnlyList<bool> IsPositive { get; init; }

    /// <summary>Whether a row's predicted label is favorable, per row; null when nothing is predicted.</summary>
    public IReadOnlyList<bool>? IsPredictedPositive { get; init; }

    /// <summary>The subgroup of each row, for conditional disparity; null when there are none.</summary>
    public IReadOnlyList<string>? Subgroups { get; init; }

    /// <summary>Numeric features, row after row, for the flip test; null when they are not all numbers.</summary>
    public IReadOnlyList<double[]>? Features { get; init; }
}
