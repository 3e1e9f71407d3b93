namespace Sagebrush.Services.Iam.Policies;

/// <summary>What policies say to a request; the larger value wins over the smaller.</summary>
internal enum PolicyVerdict
{
    /// <summary>Nothing.</summary>
    Silent,

    /// <summary>Yes.</summary>
    Allowed,

    /// <summary>No, whatever others say.</summary>
    Denied,
}
