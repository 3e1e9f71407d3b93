namespace Sagebrush.State.Objects;

/// <summary>Until when a version of an object may not be deleted.</summary>
/// <param name="Mode">Who may lift it.</param>
/// <param name="Until">The end.</param>
public sealed record ObjectRetention(RetentionMode Mode, DateTimeOffset Until);
