using Microsoft.Extensions.Logging;
using Sagebrush.Compute.Capacity;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Hosting.Models;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Transform;

/// <summary>What a transform job is made with.</summary>
internal sealed record TransformParts(
    IResourceStore Store,
    IObjectStore Objects,
    ILogStore Logs,
    ModelHost Models,
    CapacityQueue Capacity,
    JobMetrics Metrics,
    TimeProvider Clock,
    ILogger<TransformReconciler> Logger);
