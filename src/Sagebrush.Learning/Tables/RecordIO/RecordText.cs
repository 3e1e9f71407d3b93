namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>What a record may say beside its numbers.</summary>
/// <param name="Uid">Its own identifier.</param>
/// <param name="Metadata">What it says of itself, often JSON.</param>
/// <param name="Configuration">Settings for this record alone, JSON.</param>
public readonly record struct RecordText(string? Uid = null, string? Metadata = null, string? Configuration = null);
