using Sagebrush.Learning.Tables.Typed;

namespace Sagebrush.Learning.Features;

/// <summary>What features to make of a table.</summary>
internal sealed record FeatureRecipe
{
    /// <summary>For which kind of model.</summary>
    public FeatureStyle Style { get; init; }

    /// <summary>The columns to use, and what they are.</summary>
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    /// <summary>Pairs of numeric columns to take together.</summary>
    public IReadOnlyList<PairStep> Pairs { get; init; } = [];

    /// <summary>For each feature that tells of the target, the target of each row of the table.</summary>
    public IReadOnlyList<float[]> Targets { get; init; } = [];

    /// <summary>Categories with more values than this are told by the target and by frequency.</summary>
    public int MostIndicators { get; init; } = 24;

    /// <summary>Words per text column.</summary>
    public int MostWords { get; init; } = 128;

    /// <summary>Divides the rows where a feature of the target is made without the row's own.</summary>
    public long Seed { get; init; }
}
