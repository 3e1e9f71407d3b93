using Sagebrush.State.Paging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Resources;

/// <summary>
/// Keeps the resources of all kinds: their indexed columns, their documents as bytes, their tags; and tells who
/// asks about changes.
/// </summary>
/// <remarks>
/// Thread-safe. A write's task completes when the write is durable, and reads begun after that see it.
/// Every member throws <see cref="DatabaseException"/> when the database itself fails.
/// </remarks>
public interface IResourceStore
{
    /// <summary>Adds a resource.</summary>
    /// <returns>The resource as stored, or null when its name or ARN is taken.</returns>
    ValueTask<Resource?> TryAddAsync(ResourceDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Finds a resource by name.</summary>
    ValueTask<Resource?> FindAsync(ResourceKey key, CancellationToken cancellationToken = default);

    /// <summary>Finds a resource by ARN.</summary>
    ValueTask<Resource?> FindByArnAsync(string arn, CancellationToken cancellationToken = default);

    /// <summary>Changes a resource, unless somebody else did since it was read.</summary>
    /// <returns>The resource as stored, or null when it has another version by now or is gone.</returns>
    ValueTask<Resource?> TryUpdateAsync(ResourceUpdate update, CancellationToken cancellationToken = default);

    /// <summary>Deletes a resource and its tags.</summary>
    /// <param name="key">Which resource.</param>
    /// <param name="expectedVersion">When given, delete it only if it still has this version.</param>
    /// <param name="cancellationToken">Gives up while the write still waits.</param>
    /// <returns>Whether it was deleted.</returns>
    ValueTask<bool> DeleteAsync(
        ResourceKey key, long? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>Lists a page. Pages neither repeat nor skip what others add or delete in between elsewhere in the order.</summary>
    /// <exception cref="InvalidPageTokenException">The token is not one of this query's.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The page size is not in 1 to 1000.</exception>
    ValueTask<ResourcePage> ListAsync(ResourceQuery query, CancellationToken cancellationToken = default);

    /// <summary>Counts what the query's conditions select, on all pages.</summary>
    ValueTask<long> CountAsync(ResourceQuery query, CancellationToken cancellationToken = default);

    /// <summary>Goes through all resources of a kind, of every account and region, a batch at a time.</summary>
    IAsyncEnumerable<ResourceHeading> ScanAsync(string kind, CancellationToken cancellationToken = default);

    /// <summary>Adds or replaces tags, all or none.</summary>
    /// <param name="arn">The resource.</param>
    /// <param name="tags">The tags; of equal keys the last one counts.</param>
    /// <param name="limit">Most tags the resource may have afterwards.</param>
    /// <param name="cancellationToken">Gives up while the write still waits.</param>
    ValueTask<TagOutcome> PutTagsAsync(
        string arn, IReadOnlyList<ResourceTag> tags, int limit, CancellationToken cancellationToken = default);

    /// <summary>Removes tags; keys the resource does not have are ignored.</summary>
    /// <returns>False when no resource has the ARN.</returns>
    ValueTask<bool> RemoveTagsAsync(
        string arn, IReadOnlyList<string> keys, CancellationToken cancellationToken = default);

    /// <summary>Lists a page of tags, by key.</summary>
    /// <returns>Null when no resource has the ARN.</returns>
    /// <exception cref="InvalidPageTokenException">The token is not one of this ARN's.</exception>
    ValueTask<TagPage?> ListTagsAsync(
        string arn, int pageSize = 50, string? pageToken = null, CancellationToken cancellationToken = default);

    /// <summary>Subscribes to changes committed from now on.</summary>
    /// <param name="kinds">The kinds of interest; null for all.</param>
    /// <param name="capacity">How many changes may wait to be read before the subscriber is told to resync.</param>
    ChangeSubscription Subscribe(IReadOnlySet<string>? kinds = null, int capacity = 1024);
}
