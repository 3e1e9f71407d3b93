using System.Globalization;
using System.Text;
using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>
/// Appends a batch. The batch as a whole must be in order and within AWS's limits; events that are too old or too new
/// are left out, and the answer says which.
/// </summary>
internal sealed class PutLogEventsOperation(ILogStore store, TimeProvider time)
    : IOperation<PutLogEventsRequest, PutLogEventsResponse>
{
    private const int MaxBatchBytes = 1_048_576;
    private const int EventOverhead = 26;

    private static readonly TimeSpan LongestSpan = TimeSpan.FromHours(24);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(14);
    private static readonly TimeSpan Newest = TimeSpan.FromHours(2);

    public async ValueTask<PutLogEventsResponse> InvokeAsync(
        PutLogEventsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var events = request.LogEvents;
        CheckBatch(events);
        var stream = context.Group(request.LogGroupName).Stream(request.LogStreamName);
        var group = await store.FindGroupAsync(stream.Group, cancellationToken) ?? throw LogNames.NoGroup();

        var now = time.GetUtcNow();
        var tooOld = CountBefore(events, now - Oldest);
        var expired = group.RetentionDays is { } days ? CountBefore(events, now - TimeSpan.FromDays(days)) : 0;
        var tooNew = CountBefore(events, now + Newest + TimeSpan.FromMilliseconds(1));
        var first = Math.Max(tooOld, expired);
        var lines = new List<LogLine>();
        for (var i = first; i < tooNew; i++)
        {
            lines.Add(new LogLine(events[i].Timestamp, events[i].Message));
        }

        if (!await store.AppendAsync(stream, lines, cancellationToken))
        {
            throw await store.MissingAsync(stream, cancellationToken);
        }

        return new PutLogEventsResponse
        {
            // AWS ignores sequence tokens since 2023 but still returns one, and older clients read it.
            NextSequenceToken = now.ToUnixTimeMilliseconds().ToString("D56", CultureInfo.InvariantCulture),
            RejectedLogEventsInfo = first == 0 && tooNew == events.Count ? null : new RejectedLogEventsInfo
            {
                TooOldLogEventEndIndex = tooOld > 0 ? tooOld : null,
                ExpiredLogEventEndIndex = expired > tooOld ? expired : null,
                TooNewLogEventStartIndex = tooNew < events.Count ? tooNew : null,
            },
        };
    }

    private static void CheckBatch(List<InputLogEvent> events)
    {
        var bytes = 0L;
        for (var i = 0; i < events.Count; i++)
        {
            bytes += Encoding.UTF8.GetByteCount(events[i].Message) + EventOverhead;
            if (i > 0 && events[i].Timestamp < events[i - 1].Timestamp)
            {
                throw LogsErrors.InvalidParameterException(
                    "Log events in a single PutLogEvents request must be in chronological order.");
            }
        }

        if (bytes > MaxBatchBytes)
        {
            throw LogsErrors.InvalidParameterException(
                $"Upload too large: {bytes} bytes exceeds limit of {MaxBatchBytes}");
        }

        if (events[^1].Timestamp - events[0].Timestamp > LongestSpan.TotalMilliseconds)
        {
            throw LogsErrors.InvalidParameterException(
                "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        }
    }

    /// <summary>How many of the events, which are in order, are earlier than a time.</summary>
    private static int CountBefore(List<InputLogEvent> events, DateTimeOffset moment)
    {
        var milliseconds = moment.ToUnixTimeMilliseconds();
        var index = events.FindIndex(one => one.Timestamp >= milliseconds);
        return index < 0 ? events.Count : index;
    }
}
