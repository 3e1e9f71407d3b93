namespace Sagebrush.State.Objects;

/// <summary>Something to be told of a change.</summary>
/// <param name="Id">Its place: later entries have greater ones.</param>
/// <param name="Text">A text that means nothing to the store.</param>
public readonly record struct OutboxEntry(long Id, string Text);
