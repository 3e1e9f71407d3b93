namespace Sagebrush.State.Objects;

/// <summary>Whether a bucket keeps what is replaced or deleted. The values are stored: never renumber them.</summary>
public enum BucketVersioning
{
    /// <summary>Never asked for: there is one version of each object, <c>null</c>.</summary>
    None = 0,

    /// <summary>Every write makes a version, every deletion a marker.</summary>
    Enabled = 1,

    /// <summary>Versions there are stay; writes and deletions replace the <c>null</c> version.</summary>
    Suspended = 2,
}
