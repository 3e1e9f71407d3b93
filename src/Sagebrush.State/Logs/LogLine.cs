namespace Sagebrush.State.Logs;

/// <summary>An event to be appended.</summary>
/// <param name="Timestamp">When it happened, in Unix milliseconds.</param>
/// <param name="Message">What happened.</param>
public readonly record struct LogLine(long Timestamp, string Message);
