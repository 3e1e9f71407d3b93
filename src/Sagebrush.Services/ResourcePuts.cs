using Sagebrush.State.Resources;

namespace Sagebrush.Services;

/// <summary>What the Put operations have in common: they change a resource where there is one, and add it where there is none.</summary>
internal static class ResourcePuts
{
    extension<TDocument>(ResourceSet<TDocument> resources)
        where TDocument : class
    {
        /// <summary>Changes a resource, or adds it, whoever adds or deletes it meanwhile.</summary>
        /// <param name="key">Which resource.</param>
        /// <param name="change">Makes the new document of the old one; it must have no effect but its result.</param>
        /// <param name="add">Adds the resource; null when the name is taken by then.</param>
        /// <param name="cancellationToken">Gives up.</param>
        /// <returns>The resource as it now is, and whether it is new.</returns>
        public async ValueTask<(Stored<TDocument> Resource, bool IsNew)> PutAsync(
            ResourceKey key, Func<TDocument, TDocument?> change, Func<ValueTask<Stored<TDocument>?>> add, CancellationToken cancellationToken)
        {
            while (true)
            {
                if (await resources.UpdateAsync(key, change, cancellationToken) is { } changed)
                {
                    return (changed, false);
                }

                if (await add() is { } added)
                {
                    return (added, true);
                }
            }
        }
    }
}
