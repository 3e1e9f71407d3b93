namespace Sagebrush.Learning.Tables.Conversion;

/// <summary>What a conversion cannot read from the files.</summary>
public sealed record ConversionOptions
{
    /// <summary>How many of the first columns are labels, where the format does not say.</summary>
    public int LabelCount { get; init; } = 1;

    /// <summary>Whether the first row of CSV names the columns; null finds out.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>The index of the first column in libsvm: 1, as its own tools have it, or 0.</summary>
    public int FirstIndex { get; init; } = 1;

    /// <summary>Whether RecordIO gets 64-bit values; SageMaker's algorithms read 32-bit ones.</summary>
    public bool WritesDoubles { get; init; }

    /// <summary>Whether RecordIO leaves zeros out; null does so when the source did.</summary>
    public bool? WritesSparse { get; init; }
}
