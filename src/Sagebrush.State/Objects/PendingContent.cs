using Sagebrush.State.Objects.Checksums;
using Sagebrush.State.Objects.Encryption;

namespace Sagebrush.State.Objects;

/// <summary>
/// Bytes that are safely on the disk but belong to no object yet: check them, then put them under a key. Disposing them drops
/// what was not put.
/// </summary>
public sealed class PendingContent : IDisposable
{
    private readonly ContentFolder _folder;
    private readonly IReadOnlyList<ChecksumAlgorithm> _algorithms;
    private readonly IReadOnlyDictionary<ChecksumAlgorithm, byte[]> _checksums;
    private bool _committed;

    internal PendingContent(
        ContentFolder folder, PendingFile file, ContentDigest digest, ContentOptions options)
    {
        _folder = folder;
        _algorithms = options.Checksums;
        _checksums = digest.Checksums;
        Files = [file];
        Md5 = digest.Md5;
        KeyCheck = options.Key?.Check();
        ETag = options.Key?.EntityTag(digest.Md5) ?? Convert.ToHexStringLower(digest.Md5);
        Size = file.Size;
    }

    /// <summary>The same bytes as an object's, under names of their own.</summary>
    internal PendingContent(ContentFolder folder, IReadOnlyList<PendingFile> files, ObjectInfo original)
    {
        _folder = folder;
        _algorithms = [];
        _checksums = new Dictionary<ChecksumAlgorithm, byte[]>();
        Files = files;
        ETag = original.ETag;
        Size = original.Size;
        KeptChecksum = original.Checksum;
        PartCount = original.PartCount;
    }

    /// <summary>The number of bytes.</summary>
    public long Size { get; }

    /// <summary>The ETag the object will have.</summary>
    public string ETag { get; }

    /// <summary>The MD5 of the bytes; empty for the duplicate of an object.</summary>
    public ReadOnlyMemory<byte> Md5 { get; }

    internal IReadOnlyList<PendingFile> Files { get; }

    /// <summary>Of the key that the bytes are encrypted with; null when they are not.</summary>
    internal KeyCheckValue? KeyCheck { get; }

    internal int PartCount { get; }

    internal ObjectChecksum? KeptChecksum
    {
        get => field ?? (_algorithms is [var first, ..] ? Checksum(first) : null);
    }

    /// <summary>A checksum of the bytes, among those asked for when they were taken in.</summary>
    /// <exception cref="KeyNotFoundException">It was not asked for.</exception>
    public ObjectChecksum Checksum(ChecksumAlgorithm algorithm) =>
        new(algorithm, ChecksumType.FullObject, Convert.ToBase64String(_checksums[algorithm]));

    /// <summary>Removes the bytes unless they were put.</summary>
    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        _committed = true;
        foreach (var file in Files)
        {
            if (file.Inline is null)
            {
                // Local files are gone when this returns; elsewhere it takes its time, and a crash meanwhile is made good at the next start.
                _ = _folder.RemoveStagedAsync(file.Id);
            }
        }
    }

    internal void Land(string bucket)
    {
        _committed = true;
        foreach (var file in Files)
        {
            if (file.Inline is null)
            {
                _folder.Land(bucket, file.Id);
            }
        }
    }
}
