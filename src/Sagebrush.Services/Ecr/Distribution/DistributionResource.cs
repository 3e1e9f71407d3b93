namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>What paths of the distribution protocol are about.</summary>
internal enum DistributionResource
{
    /// <summary>The registry itself: is it one, and who am I to it?</summary>
    Base,

    /// <summary>The names of repositories.</summary>
    Catalog,

    /// <summary>The tags of a repository.</summary>
    Tags,

    /// <summary>A manifest.</summary>
    Manifest,

    /// <summary>What says something about an image.</summary>
    Referrers,

    /// <summary>A layer or configuration.</summary>
    Blob,

    /// <summary>Where uploads begin.</summary>
    Uploads,

    /// <summary>One upload.</summary>
    Upload,
}
