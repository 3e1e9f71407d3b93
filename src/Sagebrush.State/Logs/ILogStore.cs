using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Logs;

/// <summary>Keeps logs as CloudWatch Logs does: groups of streams of events, each event with a time and a message.</summary>
/// <remarks>
/// Thread-safe. A write's task completes when the write is durable, and reads begun after that see it. Memory does not
/// grow with the length of a stream. Every member throws <see cref="DatabaseException"/> when the database fails.
/// </remarks>
public interface ILogStore
{
    /// <summary>Makes a group.</summary>
    /// <returns>False when there is one of the name.</returns>
    ValueTask<bool> TryCreateGroupAsync(
        LogGroupKey group,
        IReadOnlyDictionary<string, string>? tags = null,
        CancellationToken cancellationToken = default);

    /// <summary>Finds a group.</summary>
    ValueTask<LogGroup?> FindGroupAsync(LogGroupKey group, CancellationToken cancellationToken = default);

    /// <summary>Lists a page of groups.</summary>
    /// <exception cref="InvalidPageTokenException">The token is not one of this query's.</exception>
    ValueTask<LogGroupPage> ListGroupsAsync(LogGroupQuery query, CancellationToken cancellationToken = default);

    /// <summary>Deletes a group with its streams and tags. The space of its events is freed by later sweeps.</summary>
    /// <returns>False when there is none.</returns>
    ValueTask<bool> DeleteGroupAsync(LogGroupKey group, CancellationToken cancellationToken = default);

    /// <summary>Sets for how many days a group's events are kept; null for ever.</summary>
    /// <returns>False when there is no such group.</returns>
    ValueTask<bool> SetRetentionAsync(LogGroupKey group, int? days, CancellationToken cancellationToken = default);

    /// <summary>The tags of a group, by key; null when there is no such group.</summary>
    ValueTask<IReadOnlyDictionary<string, string>?> FindTagsAsync(
        LogGroupKey group, CancellationToken cancellationToken = default);

    /// <summary>Adds, replaces and removes tags of a group, all or none.</summary>
    /// <returns>How many tags it has now; null when there is no such group, -1 when they would exceed the limit.</returns>
    ValueTask<int?> ChangeTagsAsync(
        LogGroupKey group,
        IReadOnlyDictionary<string, string> put,
        IReadOnlyCollection<string> remove,
        int limit,
        CancellationToken cancellationToken = default);

    /// <summary>Makes a stream.</summary>
    ValueTask<CreateStreamOutcome> CreateStreamAsync(
        LogStreamKey stream, CancellationToken cancellationToken = default);

    /// <summary>Makes a stream, and its group too, unless they exist.</summary>
    ValueTask EnsureStreamAsync(LogStreamKey stream, CancellationToken cancellationToken = default);

    /// <summary>Finds a stream.</summary>
    ValueTask<LogStream?> FindStreamAsync(LogStreamKey stream, CancellationToken cancellationToken = default);

    /// <summary>Lists a page of streams.</summary>
    /// <returns>Null when there is no such group.</returns>
    /// <exception cref="InvalidPageTokenException">The token is not one of this query's.</exception>
    ValueTask<LogStreamPage?> ListStreamsAsync(LogStreamQuery query, CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream. The space of its events is freed by later sweeps.</summary>
    /// <returns>False when there is none.</returns>
    ValueTask<bool> DeleteStreamAsync(LogStreamKey stream, CancellationToken cancellationToken = default);

    /// <summary>
    /// Appends events. They need not be in order of time, though reading them back in small pages while others append
    /// is only complete when they are.
    /// </summary>
    /// <returns>False when there is no such stream.</returns>
    ValueTask<bool> AppendAsync(
        LogStreamKey stream, IReadOnlyList<LogLine> lines, CancellationToken cancellationToken = default);

    /// <summary>Lets an observer see every event appended from now on, of all groups, until the result is disposed.</summary>
    IDisposable Observe(ILogObserver observer);

    /// <summary>Reads events of a stream, earliest first.</summary>
    /// <returns>Null when there is no such stream.</returns>
    ValueTask<IReadOnlyList<LogEvent>?> ReadAsync(
        LogStreamKey stream, LogRead read, CancellationToken cancellationToken = default);

    /// <summary>Finds events in the streams of a group, merged by time.</summary>
    /// <returns>Null when there is no such group.</returns>
    /// <exception cref="InvalidPageTokenException">The token is not one of this search's.</exception>
    ValueTask<LogFilterPage?> FilterAsync(LogFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Deletes events that are older than their group keeps them, and what deleted streams left behind.</summary>
    /// <remarks>Works in small steps, between which other writes get their turn.</remarks>
    /// <returns>How many events were deleted.</returns>
    ValueTask<long> SweepAsync(CancellationToken cancellationToken = default);
}
