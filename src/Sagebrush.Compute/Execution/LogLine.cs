namespace Sagebrush.Compute.Execution;

/// <summary>One line a job printed, without its line end.</summary>
/// <param name="Timestamp">When it was read.</param>
/// <param name="Text">The text; bytes that are not UTF-8, and NUL, stand as U+FFFD.</param>
public readonly record struct LogLine(DateTimeOffset Timestamp, string Text);
