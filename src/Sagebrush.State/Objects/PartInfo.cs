using Sagebrush.State.Objects.Checksums;

namespace Sagebrush.State.Objects;

/// <summary>A part of a multipart upload, or of an object made by one.</summary>
/// <param name="Number">The part number, 1 to 10,000.</param>
/// <param name="Size">The number of bytes.</param>
/// <param name="ETag">MD5 in hexadecimal, without quotes.</param>
/// <param name="LastModified">When it was uploaded.</param>
/// <param name="Checksum">Its checksum by the upload's algorithm.</param>
public sealed record PartInfo(int Number, long Size, string ETag, DateTimeOffset LastModified, ObjectChecksum Checksum)
{
    internal ContentAddress Content { get; init; }
}
