using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Training;

/// <summary>The instances of a job that has ended, kept for the next one that wants the same: their place, and what the job left in its cache.</summary>
/// <param name="Job">The job that left them.</param>
/// <param name="Folder">Where the caches of its hosts are, one folder per host.</param>
/// <param name="Place">The place in the capacity queue; it gives way to anybody.</param>
/// <param name="Ended">When the job ended.</param>
internal sealed record WarmPool(ResourceKey Job, string Folder, CapacityTicket Place, DateTimeOffset Ended)
{
    /// <summary>Completes with the job that takes the instances over, or without one when they are given up.</summary>
    public TaskCompletionSource<ResourceKey?> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What two jobs must agree in for one to go on with the other's instances, as SageMaker has it.</summary>
    public required string Likeness { get; init; }

    /// <summary>The likeness of a job.</summary>
    public static string LikenessOf(ResourceKey key, DescribeTrainingJobResponse job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var resources = job.ResourceConfig!;
        var vpc = job.VpcConfig;
        var groups = (resources.InstanceGroups ?? []).Select(group => $"{group.InstanceGroupName}:{group.InstanceType}:{group.InstanceCount}");
        return string.Join(
            '\n',
            key.Account,
            key.Region,
            job.RoleArn,
            resources.InstanceType,
            resources.InstanceCount,
            resources.VolumeSizeInGB,
            resources.VolumeKmsKeyId,
            string.Join(',', groups),
            string.Join(',', vpc?.Subnets ?? []),
            string.Join(',', vpc?.SecurityGroupIds ?? []),
            job.EnableNetworkIsolation,
            job.EnableInterContainerTrafficEncryption,
            job.AlgorithmSpecification?.TrainingImage);
    }
}
