namespace Sagebrush.State.Objects.Checksums;

/// <summary>A checksum as S3 writes it.</summary>
/// <param name="Algorithm">The algorithm.</param>
/// <param name="Type">Whether it covers the object's bytes or the checksums of its parts.</param>
/// <param name="Value">Base64 of the big-endian bytes; a composite one ends in <c>-</c> and the number of parts.</param>
public readonly record struct ObjectChecksum(ChecksumAlgorithm Algorithm, ChecksumType Type, string Value);
