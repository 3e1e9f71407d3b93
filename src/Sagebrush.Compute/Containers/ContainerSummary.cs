namespace Sagebrush.Compute.Containers;

/// <summary>A container in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Labels">Its labels.</param>
public sealed record ContainerSummary(string Id, IReadOnlyDictionary<string, string> Labels);
