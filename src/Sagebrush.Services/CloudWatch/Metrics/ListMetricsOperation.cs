using Sagebrush.Contracts.CloudWatch;
using Sagebrush.State.Metrics;
using Sagebrush.State.Paging;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>Lists metrics that had values in the past two weeks, or three hours.</summary>
internal sealed class ListMetricsOperation(IMetricStore store, TimeProvider time) : IOperation<ListMetricsInput, ListMetricsOutput>
{
    private const int PageSize = 500;

    private static readonly TimeSpan Usually = TimeSpan.FromDays(14);
    private static readonly TimeSpan Recently = TimeSpan.FromHours(3);

    public async ValueTask<ListMetricsOutput> InvokeAsync(
        ListMetricsInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.OwningAccount is { } owner && owner != context.AccountId)
        {
            return new ListMetricsOutput { Metrics = [] };
        }

        try
        {
            var page = await store.ListAsync(
                new MetricListQuery
                {
                    Account = context.AccountId,
                    Region = context.Region,
                    Namespace = request.Namespace,
                    Name = request.MetricName,
                    Dimensions = [.. (request.Dimensions ?? []).Select(one => (one.Name, (string?)one.Value))],
                    ActiveSince = (time.GetUtcNow() - (request.RecentlyActive is null ? Usually : Recently)).ToUnixTimeSeconds(),
                    PageSize = PageSize,
                    PageToken = request.NextToken,
                },
                cancellationToken);
            return new ListMetricsOutput
            {
                Metrics = [.. page.Metrics.Select(MetricNames.Describe)],
                NextToken = page.NextToken,
                OwningAccounts = request.IncludeLinkedAccounts is true ? [.. page.Metrics.Select(_ => context.AccountId)] : null,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw CloudWatchErrors.InvalidParameterValueException("Request parameter NextToken is invalid.");
        }
    }
}
