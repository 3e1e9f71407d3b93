namespace Sagebrush.Wire.Signing;

/// <summary>A refused signature in the words of a protocol.</summary>
/// <param name="Code">AWS's error code.</param>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Message">A message for people.</param>
/// <param name="Details">Further members of S3's error document.</param>
public readonly record struct SignatureError(
    string Code, int StatusCode, string Message, IReadOnlyDictionary<string, string> Details);
