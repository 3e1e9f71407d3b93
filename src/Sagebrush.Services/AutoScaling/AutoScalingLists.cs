using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>What the Describe operations of autoscaling have in common.</summary>
internal static class AutoScalingLists
{
    private const int LargestPage = 50;

    /// <summary>A page, of one target or of all; a token of another list is the caller's error.</summary>
    public static async ValueTask<StoredPage<TDocument>> PageAsync<TDocument>(
        this ResourceSet<TDocument> resources, CallContext context, string kind, string? parent, int? maxResults, string? nextToken, bool newestFirst,
        CancellationToken cancellationToken)
        where TDocument : class
    {
        try
        {
            return await resources.ListAsync(
                new ResourceQuery
                {
                    Account = context.AccountId,
                    Region = context.Region,
                    Kind = kind,
                    Parent = parent,
                    Descending = newestFirst,
                    PageSize = Math.Clamp(maxResults ?? LargestPage, 1, LargestPage),
                    PageToken = nextToken,
                },
                cancellationToken);
        }
        catch (InvalidPageTokenException)
        {
            throw ApplicationAutoScalingErrors.InvalidNextTokenException("The next token was not issued for this list. Start again without it.");
        }
    }

    /// <summary>All that belong to a target.</summary>
    public static async Task<List<Stored<TDocument>>> AllAsync<TDocument>(
        this ResourceSet<TDocument> resources, string account, string region, string kind, string parent, CancellationToken cancellationToken)
        where TDocument : class
    {
        var all = new List<Stored<TDocument>>();
        string? token = null;
        do
        {
            var page = await resources.ListAsync(
                new ResourceQuery { Account = account, Region = region, Kind = kind, Parent = parent, PageSize = 100, PageToken = token }, cancellationToken);
            all.AddRange(page.Items);
            token = page.NextToken;
        }
        while (token is not null);
        return all;
    }

    /// <summary>The target a list is narrowed to; null for all.</summary>
    /// <exception cref="ServiceException">A dimension without a resource says too little, or the namespace is not SageMaker's.</exception>
    public static string? Parent(string serviceNamespace, string? resourceId, string? dimension)
    {
        ScalableResource.CheckNamespace(serviceNamespace);
        return resourceId is null ? null
            : ScalableResource.Parse(serviceNamespace, resourceId, dimension ?? ScalableResource.Instances).Name;
    }
}
