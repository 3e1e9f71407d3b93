namespace Sagebrush.State.Logs;

/// <summary>An event as it was stored.</summary>
/// <param name="StreamId">Tells the streams of the store apart; never used again.</param>
/// <param name="Position">Its place in the stream.</param>
/// <param name="Ingested">When it arrived, in Unix milliseconds.</param>
/// <param name="Message">What happened.</param>
public readonly record struct LogEvent(long StreamId, LogPosition Position, long Ingested, string Message)
{
    /// <summary>When it happened, in Unix milliseconds.</summary>
    public long Timestamp => Position.Timestamp;
}
