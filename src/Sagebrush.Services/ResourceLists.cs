using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services;

/// <summary>What the List operations of SageMaker have in common.</summary>
internal static class ResourceLists
{
    private const int DefaultPageSize = 10;

    /// <summary>A query with the defaults of most of SageMaker's lists: newest first, ten a page.</summary>
    public static ResourceQuery Query(
        CallContext context, string kind, string? sortBy, string? sortOrder, string? nameContains, int? maxResults, string? nextToken) => new()
        {
            Account = context.AccountId,
            Region = context.Region,
            Kind = kind,
            NameContains = nameContains,
            SortBy = sortBy switch
            {
                "Name" => ResourceSort.Name,
                "Status" => ResourceSort.Status,
                _ => ResourceSort.CreationTime,
            },
            Descending = sortOrder is not ("Ascending" or "asc"),
            PageSize = maxResults ?? DefaultPageSize,
            PageToken = nextToken,
        };

    /// <summary>Lists a page; a token of another query is the caller's error.</summary>
    public static async ValueTask<StoredPage<TDocument>> PageAsync<TDocument>(
        this ResourceSet<TDocument> resources, ResourceQuery query, CancellationToken cancellationToken)
        where TDocument : class
    {
        try
        {
            return await resources.ListAsync(query, cancellationToken);
        }
        catch (InvalidPageTokenException)
        {
            throw Refusals.InvalidToken();
        }
    }
}
