using System.Diagnostics;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A resource store whose program dies at a document's change: right after the first it stores, or right before the second.</summary>
internal static class MortalStore
{
    /// <summary>Wraps a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="before">Whether to die before the second change rather than after the first.</param>
    public static IResourceStore Wrap(IResourceStore store, bool before)
    {
        var changes = 0;
        return WatchedStore.Wrap(store, async change =>
        {
            if (before && Interlocked.Increment(ref changes) > 1)
            {
                await DieAsync();
            }

            var updated = await change();
            if (!before && updated is not null)
            {
                await DieAsync();
            }

            return updated;
        });
    }

    private static Task DieAsync()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        return Task.Delay(Timeout.Infinite);
    }
}
