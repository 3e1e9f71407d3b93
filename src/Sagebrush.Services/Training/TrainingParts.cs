using Microsoft.Extensions.Logging;
using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Execution;
using Sagebrush.Services.CloudWatch.Utilization;
using Sagebrush.Services.Containers;
using Sagebrush.State.Logs;
using Sagebrush.State.Objects;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>What a training job is made with.</summary>
internal sealed record TrainingParts(
    IResourceStore Store,
    IObjectStore Objects,
    ILogStore Logs,
    IExecutor Executor,
    ImageSupply Images,
    CapacityQueue Capacity,
    TrainingOptions Options,
    JobMetrics Metrics,
    TimeProvider Clock,
    ILogger<TrainingReconciler> Logger)
{
    /// <summary>What the requirements of scripts have installed.</summary>
    public RequirementsCache Requirements { get; } = new(Options.JobsDirectory, Clock, Logger);
}
