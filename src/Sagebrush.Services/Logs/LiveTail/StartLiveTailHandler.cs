using System.Globalization;
using Microsoft.Extensions.Hosting;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.Filtering;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.EventStreams;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Validation;

namespace Sagebrush.Services.Logs.LiveTail;

/// <summary>Streams events to a client as they come in: at most 500 a second, for at most three hours, as AWS does.</summary>
internal sealed class StartLiveTailHandler(ILogStore store, TimeProvider time, IHostApplicationLifetime? lifetime)
{
    private const int MostEvents = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(3);

    public async ValueTask HandleAsync(RawCall call, CancellationToken cancellationToken)
    {
        var request = ShapeJson.Read<StartLiveTailRequest>(call.Body.ToArray());
        var groups = await CheckAsync(request, call.Context, cancellationToken);
        var session = new TailSession(groups, request, Pattern(request.LogEventFilterPattern), time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime?.ApplicationStopping ?? CancellationToken.None);

        // From here on nothing is missed: what is appended while the answer begins waits in the session.
        using var observation = store.Observe(session);
        var writer = await EventStreamWriter.StartAsync(call.Context.Http.Response, cancellationToken);
        await writer.WriteInitialResponseAsync(EmptyShape.Instance, cancellationToken);
        await writer.WriteAsync("sessionStart", Start(request, call.Context), cancellationToken);
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ending.Token))
            {
                var (events, sampled) = session.Take(MostEvents);
                await writer.WriteAsync("sessionUpdate", Update(events, sampled), cancellationToken);
                if (time.GetElapsedTime(began) >= Longest)
                {
                    await writer.WriteExceptionAsync(
                        "SessionTimeoutException", new SessionTimeoutException { Message = "The session has reached its longest duration of three hours." }, cancellationToken);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await writer.WriteExceptionAsync(
                "SessionStreamingException", new SessionStreamingException { Message = "The server is stopping." }, cancellationToken);
        }
    }

    private async ValueTask<List<LogGroupKey>> CheckAsync(StartLiveTailRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (ConstraintValidator.Validate(request) is { } broken)
        {
            throw LogsErrors.InvalidParameterException(broken);
        }

        if (request is { LogStreamNames: not null, LogStreamNamePrefixes: not null })
        {
            throw LogsErrors.InvalidParameterException("logStreamNames and logStreamNamePrefixes are mutually exclusive; specify one of them.");
        }

        if ((request.LogStreamNames is not null || request.LogStreamNamePrefixes is not null) && request.LogGroupIdentifiers.Count != 1)
        {
            throw LogsErrors.InvalidParameterException("Log streams can be chosen within one log group only.");
        }

        var groups = request.LogGroupIdentifiers.ConvertAll(context.GroupOf);
        foreach (var group in groups)
        {
            _ = await store.FindGroupAsync(group, cancellationToken) ?? throw LogNames.NoGroup();
        }

        return groups;
    }

    private static Func<string, bool>? Pattern(string? pattern)
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

    private static LiveTailSessionStart Start(StartLiveTailRequest request, CallContext context) => new()
    {
        RequestId = context.RequestId,
        SessionId = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
        LogGroupIdentifiers = request.LogGroupIdentifiers,
        LogStreamNames = request.LogStreamNames ?? [],
        LogStreamNamePrefixes = request.LogStreamNamePrefixes ?? [],
        LogEventFilterPattern = request.LogEventFilterPattern ?? "",
    };

    private static LiveTailSessionUpdate Update(List<TailedEvent> events, bool sampled) => new()
    {
        SessionMetadata = new LiveTailSessionMetadata { Sampled = sampled },
        SessionResults =
        [
            .. events.Select(one => new LiveTailSessionLogEvent
            {
                LogStreamName = one.Stream.Name,
                LogGroupIdentifier = $"{one.Stream.Group.Account}:{one.Stream.Group.Name}",
                Message = one.Line.Message,
                Timestamp = one.Line.Timestamp,
                IngestionTime = one.Ingested,
            }),
        ],
    };
}
