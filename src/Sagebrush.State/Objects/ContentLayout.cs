namespace Sagebrush.State.Objects;

/// <summary>How bytes are kept. The values are stored: never renumber them.</summary>
internal enum ContentLayout
{
    /// <summary>In the index itself: one flush of the disk stores both, and a million small objects need no million files.</summary>
    Inline = 0,

    /// <summary>In one file.</summary>
    File = 1,

    /// <summary>In the parts of the multipart upload that made the object, each of them inline or a file.</summary>
    Parts = 2,
}
