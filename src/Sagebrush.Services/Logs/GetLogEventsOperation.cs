using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>Reads a stream in pages, forward or backward. At either end a token leads back to itself.</summary>
internal sealed class GetLogEventsOperation(ILogStore store) : IOperation<GetLogEventsRequest, GetLogEventsResponse>
{
    private const int DefaultLimit = 10_000;

    public async ValueTask<GetLogEventsResponse> InvokeAsync(
        GetLogEventsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.StartTime > request.EndTime)
        {
            throw LogsErrors.InvalidParameterException("startTime must not be later than endTime.");
        }

        var stream = context.Group(request.LogGroupName, request.LogGroupIdentifier).Stream(request.LogStreamName);
        var cursor = request.NextToken is { } token ? LogCursor.Parse(token) : (LogCursor?)null;
        var read = new LogRead
        {
            StartTime = request.StartTime ?? 0,
            EndTime = request.EndTime ?? long.MaxValue,
            FromHead = cursor?.Forward ?? request.StartFromHead ?? false,
            After = cursor is { Forward: true } after ? after.Next with { Sequence = after.Next.Sequence - 1 } : null,
            Before = cursor is { Forward: false } before ? before.Next : null,
            Limit = request.Limit ?? DefaultLimit,
        };
        var events = await store.ReadAsync(stream, read, cancellationToken)
            ?? throw await store.MissingAsync(stream, cancellationToken);

        // With nothing read both tokens stay where the page began, so that what is appended later is found.
        var start = cursor?.Next ?? new LogPosition(read.StartTime, 0);
        var (head, tail) = events.Count > 0
            ? (events[0].Position, LogCursor.Behind(events[^1].Position))
            : (start, start);
        return new GetLogEventsResponse
        {
            Events = [.. events.Select(one => new OutputLogEvent
            {
                Timestamp = one.Timestamp,
                IngestionTime = one.Ingested,
                Message = one.Message,
            })],
            NextForwardToken = new LogCursor(true, tail).ToString(),
            NextBackwardToken = new LogCursor(false, head).ToString(),
        };
    }
}
