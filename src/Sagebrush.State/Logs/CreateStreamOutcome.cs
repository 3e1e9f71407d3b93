namespace Sagebrush.State.Logs;

/// <summary>How making a stream ended.</summary>
public enum CreateStreamOutcome
{
    /// <summary>It was made.</summary>
    Created,

    /// <summary>The group has a stream of the name.</summary>
    Exists,

    /// <summary>There is no such group.</summary>
    NoSuchGroup,
}
