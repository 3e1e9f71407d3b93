namespace Sagebrush.State.Resources;

/// <summary>A tag of a resource.</summary>
public readonly record struct ResourceTag(string Key, string Value);
