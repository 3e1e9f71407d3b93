using Sagebrush.State.Resources;
using Sagebrush.State.Sqlite;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A resource store that tells of each change for which its disk has no room.</summary>
internal static class CrampedStore
{
    /// <summary>Wraps a store.</summary>
    public static IResourceStore Wrap(IResourceStore store, Action onRefused) => WatchedStore.Wrap(store, async change =>
    {
        try
        {
            return await change();
        }
        catch (DatabaseFullException)
        {
            onRefused();
            throw;
        }
    });
}
