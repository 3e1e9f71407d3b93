namespace Sagebrush.State.Logs;

/// <summary>One page of groups.</summary>
/// <param name="Groups">The groups, by name.</param>
/// <param name="NextToken">The token of the next page, or null when there are no more.</param>
public sealed record LogGroupPage(IReadOnlyList<LogGroup> Groups, string? NextToken);

/// <summary>One page of streams.</summary>
/// <param name="Streams">The streams, in the order asked for.</param>
/// <param name="NextToken">The token of the next page, or null when there are no more.</param>
public sealed record LogStreamPage(IReadOnlyList<LogStream> Streams, string? NextToken);

/// <summary>One page of a search over the streams of a group.</summary>
/// <param name="Events">What matched, by time. May be empty although there is a next page.</param>
/// <param name="NextToken">The token of the next page, or null when everything was searched.</param>
public sealed record LogFilterPage(IReadOnlyList<FilteredLogEvent> Events, string? NextToken);

/// <summary>An event a search found.</summary>
/// <param name="Stream">The name of its stream.</param>
/// <param name="Event">The event.</param>
public readonly record struct FilteredLogEvent(string Stream, LogEvent Event);
