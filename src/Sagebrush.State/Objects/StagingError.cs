namespace Sagebrush.State.Objects;

/// <summary>Why a key cannot be staged.</summary>
public enum StagingError
{
    /// <summary>There is no such object, or none under the prefix.</summary>
    NoSuchKey,

    /// <summary>The key would lead out of the folder, or is no path at all: <c>..</c>, <c>//</c>, a NUL.</summary>
    UnsafeKey,

    /// <summary>A part of the key is longer than a file name may be.</summary>
    NameTooLong,

    /// <summary>One key needs as a folder what another needs as a file.</summary>
    Clash,

    /// <summary>The object is encrypted with a key that only a client has.</summary>
    Encrypted,
}
