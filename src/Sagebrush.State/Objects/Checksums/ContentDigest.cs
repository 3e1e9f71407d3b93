namespace Sagebrush.State.Objects.Checksums;

/// <summary>What a pass over some bytes found.</summary>
/// <param name="Md5">Their MD5.</param>
/// <param name="Checksums">The checksums asked for, big-endian.</param>
internal sealed record ContentDigest(byte[] Md5, IReadOnlyDictionary<ChecksumAlgorithm, byte[]> Checksums);
