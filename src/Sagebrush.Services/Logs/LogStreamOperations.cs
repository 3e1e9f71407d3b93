using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;
using Sagebrush.State.Paging;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using LogStream = Sagebrush.Contracts.Logs.LogStream;

namespace Sagebrush.Services.Logs;

/// <summary>Log streams: made, deleted and listed.</summary>
internal sealed class LogStreamOperations(ILogStore store)
{
    private const int DefaultLimit = 50;

    public void Map(ApiMap api)
    {
        api.Map(LogsApi.CreateLogStream, CreateAsync);
        api.Map(LogsApi.DeleteLogStream, DeleteAsync);
        api.Map(LogsApi.DescribeLogStreams, DescribeAsync);
    }

    public async ValueTask<EmptyShape> CreateAsync(
        CreateLogStreamRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stream = context.Group(request.LogGroupName).Stream(request.LogStreamName);
        return await store.CreateStreamAsync(stream, cancellationToken) switch
        {
            CreateStreamOutcome.Created => EmptyShape.Instance,
            CreateStreamOutcome.Exists =>
                throw LogsErrors.ResourceAlreadyExistsException("The specified log stream already exists"),
            _ => throw LogNames.NoGroup(),
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(
        DeleteLogStreamRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var stream = context.Group(request.LogGroupName).Stream(request.LogStreamName);
        return await store.DeleteStreamAsync(stream, cancellationToken)
            ? EmptyShape.Instance
            : throw await store.MissingAsync(stream, cancellationToken);
    }

    public async ValueTask<DescribeLogStreamsResponse> DescribeAsync(
        DescribeLogStreamsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var byTime = request.OrderBy == OrderBy.LastEventTime;
        if (byTime && request.LogStreamNamePrefix is not null)
        {
            throw LogsErrors.InvalidParameterException("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        try
        {
            var page = await store.ListStreamsAsync(
                new LogStreamQuery
                {
                    Group = context.Group(request.LogGroupName, request.LogGroupIdentifier),
                    Prefix = request.LogStreamNamePrefix ?? "",
                    OrderByLastEvent = byTime,
                    Descending = request.Descending ?? false,
                    PageSize = request.Limit ?? DefaultLimit,
                    PageToken = request.NextToken,
                },
                cancellationToken) ?? throw LogNames.NoGroup();
            return new DescribeLogStreamsResponse
            {
                LogStreams = [.. page.Streams.Select(Describe)],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw LogNames.BadToken();
        }
    }

    private static LogStream Describe(State.Logs.LogStream stream) => new()
    {
        LogStreamName = stream.Key.Name,
        CreationTime = stream.Created,
        FirstEventTimestamp = stream.FirstEvent,
        LastEventTimestamp = stream.LastEvent,
        LastIngestionTime = stream.LastIngestion,
        Arn = LogNames.Arn(stream.Key),
        StoredBytes = stream.StoredBytes,
    };
}
