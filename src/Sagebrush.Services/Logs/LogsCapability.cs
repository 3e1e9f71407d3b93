using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>CloudWatch Logs: groups, streams and events, as jobs and endpoints write them and clients read them.</summary>
public sealed class LogsCapability(ILogStore store, TimeProvider time) : ICapability
{
    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        new LogGroupOperations(store).Map(api);
        new LogStreamOperations(store).Map(api);
        new LogTagOperations(store).Map(api);
        api.Map(LogsApi.PutLogEvents, new PutLogEventsOperation(store, time));
        api.Map(LogsApi.GetLogEvents, new GetLogEventsOperation(store));
        api.Map(LogsApi.FilterLogEvents, new FilterLogEventsOperation(store));
    }
}
