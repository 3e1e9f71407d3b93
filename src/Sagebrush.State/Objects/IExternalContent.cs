namespace Sagebrush.State.Objects;

/// <summary>Keeps the bytes of objects somewhere else than in the store's own folder, as blobs that are written once.</summary>
/// <remarks>Thread-safe. What cannot be reached throws <see cref="IOException"/>.</remarks>
public interface IExternalContent
{
    /// <summary>The place's address, by which the store knows it again.</summary>
    string Address { get; }

    /// <summary>Keeps a file's bytes; when this returns they are durable.</summary>
    Task PutAsync(string name, string file, CancellationToken cancellationToken);

    /// <summary>Reads a blob from an offset to its end.</summary>
    /// <returns>Null when there is no such blob.</returns>
    Task<Stream?> OpenAsync(string name, long offset, CancellationToken cancellationToken);

    /// <summary>Gives a blob's bytes a further name of their own.</summary>
    /// <returns>False when there is no such blob.</returns>
    Task<bool> TryCopyAsync(string name, string newName, CancellationToken cancellationToken);

    /// <summary>Removes a blob, if there is one.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);
}
