namespace Sagebrush.State.Resources;

/// <summary>How putting tags on a resource ended.</summary>
public enum TagOutcome
{
    /// <summary>The resource has the tags.</summary>
    Stored,

    /// <summary>No resource has the ARN.</summary>
    NoSuchResource,

    /// <summary>The resource would have had more tags than allowed; nothing was changed.</summary>
    TooMany,
}
