namespace Sagebrush.Learning.Tables.Typed;

/// <summary>How a typed CSV table is written.</summary>
public sealed record TypedCsvFormat
{
    /// <summary>Whether the first record of each file names the columns. The default is yes.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>The byte between cells; null finds the one under which the first records agree best.</summary>
    public byte? Separator { get; init; }

    /// <summary>Columns, by their place from 0, to be held as texts even if all their cells are numbers; null for none.</summary>
    public IReadOnlySet<int>? TextColumns { get; init; }

    /// <summary>Number of threads; 0 for all processors.</summary>
    public int Threads { get; init; }
}
