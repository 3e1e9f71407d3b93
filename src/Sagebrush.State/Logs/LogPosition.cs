namespace Sagebrush.State.Logs;

/// <summary>The place of an event in its stream: by time, and within a millisecond by arrival.</summary>
public readonly record struct LogPosition(long Timestamp, long Sequence);
