namespace Sagebrush.State.Resources;

/// <summary>As much of a resource as a sweep needs to decide whether to look closer.</summary>
public readonly record struct ResourceHeading(ResourceKey Key, string Status);
