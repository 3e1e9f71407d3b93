using Sagebrush.State.Resources;

namespace Sagebrush.State.Reconciling;

/// <summary>Turns the wishes of one kind of resource into facts, a small step at a time.</summary>
/// <remarks>
/// A step reads the resource, does what brings it nearer to its goal, and records that. It must be idempotent: it may
/// run again after a crash, and it runs once more after each change, its own included. A key's steps never overlap;
/// steps of different keys do.
/// </remarks>
public interface IReconciler
{
    /// <summary>The kind of resource.</summary>
    string Kind { get; }

    /// <summary>Whether nothing is left to do in this status, so that the sweep need not look.</summary>
    bool IsSettled(string status) => false;

    /// <summary>Takes the next step for a resource, which may be gone by now.</summary>
    /// <param name="key">The resource.</param>
    /// <param name="cancellationToken">The program is stopping: leave the rest for the next start.</param>
    /// <returns>When to come again if nothing changes before.</returns>
    ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken);
}
