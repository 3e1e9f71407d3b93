namespace Sagebrush.State.Objects.Checksums;

/// <summary>What the checksum of an object covers. The values are stored: never renumber them.</summary>
public enum ChecksumType
{
    /// <summary>The bytes of the whole object.</summary>
    FullObject = 1,

    /// <summary>The checksums of the parts, one after the other.</summary>
    Composite = 2,
}
