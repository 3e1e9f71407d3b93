namespace Sagebrush.Learning.Tables;

/// <summary>How a CSV table is written.</summary>
public sealed record CsvFormat
{
    /// <summary>Whether the first row of each file names the columns. The default is no.</summary>
    public bool HasHeader { get; init; }

    /// <summary>The byte between cells; null detects it from the first row.</summary>
    public byte? Separator { get; init; }
}
