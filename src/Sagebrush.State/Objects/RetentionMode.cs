namespace Sagebrush.State.Objects;

/// <summary>Who may lift the retention of an object.</summary>
public enum RetentionMode
{
    /// <summary>Whoever has the right to bypass it.</summary>
    Governance = 1,

    /// <summary>Nobody: it can only be prolonged.</summary>
    Compliance = 2,
}
