namespace Sagebrush.Services.Logs.Filtering;

/// <summary>A filter pattern that makes no sense, or asks for what is not supported; the message says which.</summary>
internal sealed class FilterPatternException(string message) : Exception(message);
