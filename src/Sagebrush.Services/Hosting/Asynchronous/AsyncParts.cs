using Microsoft.Extensions.Logging;
using Sagebrush.Services.Sns;
using Sagebrush.Serving.Routing;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>What the queues of asynchronous endpoints work with.</summary>
internal sealed record AsyncParts(
    IResourceStore Store,
    IObjectStore Objects,
    ITopics Topics,
    AsyncMetrics Metrics,
    EndpointRouter Router,
    ILogStore Logs,
    TimeProvider Clock,
    ILogger<AsyncQueues> Logger);
