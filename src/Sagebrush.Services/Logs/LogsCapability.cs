using Microsoft.Extensions.Hosting;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.LiveTail;
using Sagebrush.Services.Logs.MetricFilters;
using Sagebrush.State.Logs;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Logs;

/// <summary>CloudWatch Logs: groups, streams and events, as jobs and endpoints write them and clients read them.</summary>
internal sealed class LogsCapability(ILogStore store, MetricFilterOperations filters, TimeProvider time, IHostApplicationLifetime? lifetime = null) : ICapability
{
    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        new LogGroupOperations(store, filters).Map(api);
        filters.Map(api);
        new LogStreamOperations(store).Map(api);
        new LogTagOperations(store).Map(api);
        api.Map(LogsApi.PutLogEvents, new PutLogEventsOperation(store, time));
        api.Map(LogsApi.GetLogEvents, new GetLogEventsOperation(store));
        api.Map(LogsApi.FilterLogEvents, new FilterLogEventsOperation(store));
        api.MapRaw(LogsApi.Service, LogsApi.StartLiveTail.Name, new StartLiveTailHandler(store, time, lifetime).HandleAsync);
    }
}
