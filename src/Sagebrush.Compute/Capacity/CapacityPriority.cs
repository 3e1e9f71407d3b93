namespace Sagebrush.Compute.Capacity;

/// <summary>How firmly a job holds its place: who waits may take the place of those that hold theirs less firmly.</summary>
public enum CapacityPriority
{
    /// <summary>Kept in case it is needed again, as in a warm pool: given up at once for whoever needs it.</summary>
    Idle = 0,

    /// <summary>A spot job: gives way to on-demand jobs, and waits behind them.</summary>
    Spot = 1,

    /// <summary>Keeps its place until it ends.</summary>
    OnDemand = 2,
}
