using System.Globalization;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.Filtering;
using Sagebrush.State.Logs;
using Sagebrush.State.Paging;
using Sagebrush.Wire.Dispatch;
using FilteredLogEvent = Sagebrush.Contracts.Logs.FilteredLogEvent;

namespace Sagebrush.Services.Logs;

/// <summary>Finds events in the streams of a group, merged by time.</summary>
internal sealed class FilterLogEventsOperation(ILogStore store)
    : IOperation<FilterLogEventsRequest, FilterLogEventsResponse>
{
    private const int DefaultLimit = 10_000;

    public async ValueTask<FilterLogEventsResponse> InvokeAsync(
        FilterLogEventsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request is { LogStreamNames: not null, LogStreamNamePrefix: not null })
        {
            throw LogsErrors.InvalidParameterException(
                "logStreamNames and logStreamNamePrefix are mutually exclusive; specify one of them.");
        }

        if (request.StartTime > request.EndTime)
        {
            throw LogsErrors.InvalidParameterException("startTime must not be later than endTime.");
        }

        var group = context.Group(request.LogGroupName, request.LogGroupIdentifier);
        foreach (var name in request.LogStreamNames ?? [])
        {
            if (await store.FindStreamAsync(group.Stream(name), cancellationToken) is null)
            {
                throw await store.MissingAsync(group.Stream(name), cancellationToken);
            }
        }

        var filter = new LogFilter
        {
            Group = group,
            Streams = request.LogStreamNames,
            StreamPrefix = request.LogStreamNamePrefix ?? "",
            StartTime = request.StartTime ?? 0,

            // An event at the end time itself is still returned, unlike with GetLogEvents.
            EndTime = request.EndTime is { } end and < long.MaxValue ? end + 1 : long.MaxValue,
            Match = Match(request.FilterPattern),
            Pattern = request.FilterPattern ?? "",
            Limit = request.Limit ?? DefaultLimit,
            PageToken = request.NextToken,
        };
        try
        {
            var page = await store.FilterAsync(filter, cancellationToken) ?? throw LogNames.NoGroup();
            return new FilterLogEventsResponse
            {
                Events = [.. page.Events.Select(Describe)],

                // Always empty, as with AWS since 2019: a page does not know which streams are done.
                SearchedLogStreams = [],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw LogNames.BadToken();
        }
    }

    private static Func<string, bool>? Match(string? pattern)
    {
        try
        {
            return FilterPattern.Parse(pattern);
        }
        catch (FilterPatternException exception)
        {
            throw LogsErrors.InvalidParameterException($"Invalid filter pattern: {exception.Message}");
        }
    }

    private static FilteredLogEvent Describe(State.Logs.FilteredLogEvent found) => new()
    {
        LogStreamName = found.Stream,
        Timestamp = found.Event.Timestamp,
        IngestionTime = found.Event.Ingested,
        Message = found.Event.Message,
        EventId = EventId(found.Event),
    };

    /// <summary>56 digits, as AWS's are, in the order of the events: clients that tail a group know events by them.</summary>
    private static string EventId(in State.Logs.LogEvent one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Timestamp:D19}{one.StreamId:D18}{one.Position.Sequence:D19}");
}
