namespace Sagebrush.State.Reconciling;

/// <summary>What a step of a reconciler asks for next.</summary>
public readonly record struct ReconcileOutcome
{
    private ReconcileOutcome(TimeSpan after) => RequeueAfter = after;

    /// <summary>Nothing until the resource changes.</summary>
    public static ReconcileOutcome Done => default;

    /// <summary>When to take another step even if nothing changes; null for not at all.</summary>
    public TimeSpan? RequeueAfter { get; }

    /// <summary>Another step after a while, or at once when the resource changes.</summary>
    public static ReconcileOutcome Requeue(TimeSpan after)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, TimeSpan.Zero);
        return new ReconcileOutcome(after);
    }
}
