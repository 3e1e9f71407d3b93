namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>What <see cref="RandomShapeReader"/> may make.</summary>
internal sealed record RandomShapes
{
    /// <summary>Texts of the kind a format can carry.</summary>
    public Func<Random, string> Text { get; init; } = RandomText.Unicode;

    /// <summary>Whether lists, maps and texts may be empty; XML and forms cannot always tell those from absent ones.</summary>
    public bool MayBeEmpty { get; init; } = true;

    /// <summary>Whether NaN and the infinities occur.</summary>
    public bool NonFinite { get; init; } = true;

    /// <summary>Whether timestamps have no fraction of a second.</summary>
    public bool WholeSeconds { get; init; }

    /// <summary>The structures deeper than this hold their required members only.</summary>
    public int MaxDepth { get; init; } = 4;

    /// <summary>How likely an optional member is set.</summary>
    public double Density { get; init; } = 0.6;
}
