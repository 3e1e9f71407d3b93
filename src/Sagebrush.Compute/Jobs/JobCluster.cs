namespace Sagebrush.Compute.Jobs;

/// <summary>The hosts of a job and which of them this is.</summary>
/// <param name="InstanceType">The <c>ml.*</c> type the request asked for.</param>
/// <param name="CurrentHost">This host's name, such as <c>algo-1</c>.</param>
/// <param name="Hosts">All hosts' names, sorted.</param>
public sealed record JobCluster(string InstanceType, string CurrentHost, IReadOnlyList<string> Hosts)
{
    /// <summary>The group every host belongs to when the request names none.</summary>
    public const string DefaultGroup = "homogeneousCluster";

    /// <summary>A job of one host, <c>algo-1</c>.</summary>
    public static JobCluster SingleHost(string instanceType) => new(instanceType, "algo-1", ["algo-1"]);
}
