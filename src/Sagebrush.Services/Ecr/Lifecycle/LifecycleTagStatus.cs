namespace Sagebrush.Services.Ecr.Lifecycle;

/// <summary>Which images a rule is about.</summary>
internal enum LifecycleTagStatus
{
    /// <summary>Those with tags.</summary>
    Tagged,

    /// <summary>Those without.</summary>
    Untagged,

    /// <summary>All.</summary>
    Any,
}
