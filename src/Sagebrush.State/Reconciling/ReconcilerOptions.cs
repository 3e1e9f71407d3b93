namespace Sagebrush.State.Reconciling;

/// <summary>How a <see cref="ReconcilerHost"/> works.</summary>
public sealed record ReconcilerOptions
{
    /// <summary>Most steps of one kind at a time.</summary>
    public int MaxParallelism { get; init; } = 16;

    /// <summary>How often all unsettled resources are looked at, whether they changed or not.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait after a first failed step; it doubles with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait after a failed step.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many changes may wait to be noticed before a sweep replaces them.</summary>
    public int FeedCapacity { get; init; } = 4096;
}
