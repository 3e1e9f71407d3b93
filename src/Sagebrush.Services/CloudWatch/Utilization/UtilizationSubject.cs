using Sagebrush.Compute.Execution;
using Sagebrush.State.Metrics;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Utilization;

/// <summary>What a <see cref="UtilizationMeter"/> looks at, and how its metrics are named.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Region">In which region.</param>
/// <param name="Namespace">For example <c>/aws/sagemaker/TrainingJobs</c>.</param>
/// <param name="Dimensions">For example <c>Host=job/algo-1</c>.</param>
/// <param name="MemoryBytes">The memory of the instance: 100 %.</param>
/// <param name="Measure">What it has used so far; null when that cannot be told now. Must be quick and must not throw.</param>
internal sealed record UtilizationSubject(
    string Account, string Region, string Namespace, MetricDimensions Dimensions, long MemoryBytes, Func<ProcessUsage?> Measure)
{
    /// <summary>A folder on the instance's disk; null where its disk is not looked at.</summary>
    public string? Folder { get; init; }

    /// <summary>A host of a job, in the namespace of the job's kind.</summary>
    /// <param name="job">The job.</param>
    /// <param name="space">The namespace.</param>
    /// <param name="host">The host's name, such as <c>algo-1</c>.</param>
    /// <param name="memoryBytes">The memory of the instance.</param>
    /// <param name="measure">What it has used so far.</param>
    public static UtilizationSubject OfHost(ResourceKey job, string space, string host, long memoryBytes, Func<ProcessUsage?> measure) =>
        new(job.Account, job.Region, space, MetricDimensions.Of(("Host", $"{job.Name}/{host}")), memoryBytes, measure);

    /// <summary>The key of one of its metrics.</summary>
    public MetricKey Key(string name) => new(Account, Region, Namespace, name, Dimensions);
}
