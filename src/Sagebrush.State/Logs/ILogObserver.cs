namespace Sagebrush.State.Logs;

/// <summary>Sees events as they are stored. Calls come from whoever appends, so they must be quick, never wait and never throw.</summary>
public interface ILogObserver
{
    /// <summary>Events were appended, and are durable.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="lines">The events, in the order given.</param>
    void Appended(LogStreamKey stream, IReadOnlyList<LogLine> lines);
}
