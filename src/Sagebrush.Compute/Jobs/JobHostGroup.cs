namespace Sagebrush.Compute.Jobs;

/// <summary>Some hosts of a job that are of one instance type.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="InstanceType">Their <c>ml.*</c> type.</param>
/// <param name="Hosts">Their names, sorted.</param>
public sealed record JobHostGroup(string Name, string InstanceType, IReadOnlyList<string> Hosts);
