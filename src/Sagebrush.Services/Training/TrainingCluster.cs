using Sagebrush.Compute.Capacity;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Training;

/// <summary>The hosts a job asks for, in the order of their numbers.</summary>
internal sealed record TrainingCluster
{
    private TrainingCluster(IReadOnlyList<JobHostGroup> groups)
    {
        Groups = groups;
        Hosts = [.. groups.SelectMany(group => group.Hosts)];
    }

    /// <summary>The groups, in the request's order.</summary>
    public IReadOnlyList<JobHostGroup> Groups { get; }

    /// <summary>All hosts' names by their numbers: <c>algo-1</c> first.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>What all hosts reserve together.</summary>
    public ComputeResources Wanted =>
        Groups.Aggregate(default(ComputeResources), (sum, group) => sum + InstanceCatalogue.Get(group.InstanceType).Resources(group.Hosts.Count));

    /// <summary>The hosts of a request that was checked.</summary>
    public static TrainingCluster Of(ResourceConfig resources)
    {
        var asked = resources.InstanceGroups is { Count: > 0 } groups
            ? groups.Select(group => (Name: group.InstanceGroupName, Type: group.InstanceType, Count: group.InstanceCount))
            : [(JobCluster.DefaultGroup, resources.InstanceType!, resources.InstanceCount ?? 1)];
        List<JobHostGroup> made = [];
        var number = 1;
        foreach (var (name, type, count) in asked)
        {
            made.Add(new JobHostGroup(name, type, [.. Enumerable.Range(number, count).Select(JobCluster.HostName).Order(StringComparer.Ordinal)]));
            number += count;
        }

        return new TrainingCluster(made);
    }

    /// <summary>The job as one of its hosts sees it.</summary>
    public JobCluster SeenBy(string host)
    {
        var group = Groups.First(group => group.Hosts.Contains(host));
        return new JobCluster(group.InstanceType, host, [.. Hosts.Order(StringComparer.Ordinal)])
        {
            Groups = Groups,
            NetworkInterface = Hosts.Count > 1 ? "lo" : "eth0",
        };
    }

    /// <summary>A host's part of what the job holds: like its wish, cut down as the whole is when the machine is smaller than the wish.</summary>
    public ComputeResources ShareOf(string host, ComputeResources reserved)
    {
        var wanted = Wanted;
        var own = InstanceCatalogue.Get(SeenBy(host).InstanceType).Resources();
        return new ComputeResources(
            Math.Max(1, (int)((long)own.VCpus * reserved.VCpus / wanted.VCpus)),
            (long)(own.MemoryBytes * (reserved.MemoryBytes / (double)wanted.MemoryBytes)),
            wanted.Gpus == 0 ? 0 : own.Gpus * reserved.Gpus / wanted.Gpus);
    }
}
