using Sagebrush.Compute.Capacity;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.CommandLine;

/// <summary>What a training job would have cost on AWS, by list prices of instances in us-east-1; storage and data transfer are left out.</summary>
/// <param name="OnDemandUsd">On on-demand instances, in US dollars.</param>
/// <param name="SpotUsd">On spot instances, in US dollars.</param>
/// <param name="IsSpot">Whether it ran as a spot job.</param>
internal readonly record struct JobCost(decimal OnDemandUsd, decimal SpotUsd, bool IsSpot)
{
    /// <summary>The share of the on-demand price that a spot instance usually costs.</summary>
    public const decimal UsualSpotShare = 0.3m;

    /// <summary>What would have been billed.</summary>
    public decimal BilledUsd => IsSpot ? SpotUsd : OnDemandUsd;

    /// <summary>The cost of a job; null while it has not ended, when it never ran, or when the price of an instance type of it is not known.</summary>
    public static JobCost? Of(DescribeTrainingJobResponse job)
    {
        if (job.TrainingTimeInSeconds is not { } seconds || job.ResourceConfig is not { } resources)
        {
            return null;
        }

        var hourly = 0m;
        foreach (var (type, count) in Instances(resources))
        {
            if (!InstanceCatalogue.TryGet(type, out var known) || known.HourlyPriceUsd is not { } price)
            {
                return null;
            }

            hourly += price * count;
        }

        var onDemand = hourly * seconds / 3600;
        var isSpot = job.EnableManagedSpotTraining == true;
        var share = isSpot && job.BillableTimeInSeconds is { } billable ? Math.Min(1m, (decimal)billable / seconds) : UsualSpotShare;
        return new JobCost(onDemand, onDemand * share, isSpot);
    }

    private static IEnumerable<(string Type, int Count)> Instances(ResourceConfig resources) => resources.InstanceGroups is { Count: > 0 } groups
        ? groups.Select(group => (group.InstanceType, group.InstanceCount))
        : [(resources.InstanceType ?? "", resources.InstanceCount ?? 1)];
}
