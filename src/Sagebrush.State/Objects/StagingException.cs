namespace Sagebrush.State.Objects;

/// <summary>An object cannot be a file in the folder asked for. Nothing was brought.</summary>
/// <param name="error">The reason.</param>
/// <param name="key">The key.</param>
/// <param name="message">The reason in words, fit for the user.</param>
public sealed class StagingException(StagingError error, string key, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public StagingError Error { get; } = error;

    /// <summary>The key, or the prefix when nothing was found under it.</summary>
    public string Key { get; } = key;
}
