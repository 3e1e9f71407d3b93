namespace Sagebrush.State.Objects;

/// <summary>A part as the client names it when it completes an upload.</summary>
/// <param name="Number">The part number.</param>
/// <param name="ETag">The ETag its upload answered, without quotes; null when the client names none.</param>
/// <param name="Checksum">The base64 checksum it was uploaded with, if the client repeats it.</param>
public readonly record struct CompletedPart(int Number, string? ETag, string? Checksum = null);
