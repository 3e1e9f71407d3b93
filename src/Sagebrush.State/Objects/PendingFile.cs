namespace Sagebrush.State.Objects;

/// <summary>A run of bytes on its way into the store.</summary>
/// <param name="Id">The name it will have.</param>
/// <param name="Size">The number of bytes.</param>
/// <param name="Inline">The bytes themselves when they are few enough for the index; null when they are in a staged file.</param>
internal sealed record PendingFile(long Id, long Size, ReadOnlyMemory<byte>? Inline)
{
    /// <summary>The part this is a duplicate of, when a multipart object is copied.</summary>
    public PartInfo? Part { get; init; }

    public ContentAddress Address => new(Id, Inline is null ? ContentLayout.File : ContentLayout.Inline);
}
