using System.Globalization;

namespace Sagebrush.Compute.Jobs;

/// <summary>The hosts of a job and which of them this is.</summary>
/// <param name="InstanceType">The <c>ml.*</c> type of this host.</param>
/// <param name="CurrentHost">This host's name, such as <c>algo-1</c>.</param>
/// <param name="Hosts">All hosts' names, sorted.</param>
public sealed record JobCluster(string InstanceType, string CurrentHost, IReadOnlyList<string> Hosts)
{
    /// <summary>The group every host belongs to when the request names none.</summary>
    public const string DefaultGroup = "homogeneousCluster";

    /// <summary>The groups of the hosts, in the request's order.</summary>
    public IReadOnlyList<JobHostGroup> Groups { get => field ?? [new(DefaultGroup, InstanceType, Hosts)]; init; }

    /// <summary>The group of this host.</summary>
    public JobHostGroup CurrentGroup => Groups.First(group => group.Hosts.Contains(CurrentHost));

    /// <summary>The network interface on which the hosts reach each other.</summary>
    public string NetworkInterface { get; init; } = "eth0";

    /// <summary>A job of one host, <c>algo-1</c>.</summary>
    public static JobCluster SingleHost(string instanceType) => new(instanceType, HostName(1), [HostName(1)]);

    /// <summary>The name of a host by its number, which counts from 1 over all groups.</summary>
    public static string HostName(int number) => string.Create(CultureInfo.InvariantCulture, $"algo-{number}");
}
