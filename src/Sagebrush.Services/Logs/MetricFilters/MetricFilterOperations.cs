using System.Globalization;
using Sagebrush.Contracts.Logs;
using Sagebrush.Services.Logs.Filtering;
using Sagebrush.State.Logs;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Logs.MetricFilters;

/// <summary>Metric filters: put, described, tried out and deleted.</summary>
internal sealed class MetricFilterOperations(IResourceStore store, ILogStore logs, MetricFilterFeed feed)
{
    private const int DefaultLimit = 50;
    private const int MostFilters = 100;

    private readonly ResourceSet<PutMetricFilterRequest> _filters = store.For(MetricFilterKinds.Filter);

    public void Map(ApiMap api)
    {
        api.Map(LogsApi.PutMetricFilter, PutAsync);
        api.Map(LogsApi.DescribeMetricFilters, DescribeAsync);
        api.Map(LogsApi.DeleteMetricFilter, DeleteAsync);
        api.Map(LogsApi.TestMetricFilter, TestAsync);
    }

    public async ValueTask<EmptyShape> PutAsync(PutMetricFilterRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.ApplyOnTransformedLogs is true || request.FieldSelectionCriteria is { Length: > 0 } || request.EmitSystemFieldDimensions is { Count: > 0 })
        {
            throw LogsErrors.InvalidParameterException(
                "applyOnTransformedLogs, fieldSelectionCriteria and emitSystemFieldDimensions are not available here.");
        }

        Check(() => MetricFilter.Of(request));
        var group = context.Group(request.LogGroupName);
        _ = await logs.FindGroupAsync(group, cancellationToken) ?? throw LogNames.NoGroup();
        var key = MetricFilterKinds.Key(group, request.FilterName);
        if (await _filters.FindAsync(key, cancellationToken) is null && await CountAsync(group, cancellationToken) >= MostFilters)
        {
            throw LogsErrors.LimitExceededException($"A log group has at most {MostFilters} metric filters.");
        }

        while (await _filters.UpdateAsync(key, _ => request, cancellationToken) is null
            && await _filters.TryAddAsync(key, $"{LogNames.Arn(group)}:metric-filter:{request.FilterName}", request, cancellationToken: cancellationToken) is null)
        {
            // Somebody made or deleted it in between.
        }

        await feed.ReloadAsync(group, cancellationToken);
        return EmptyShape.Instance;
    }

    public async ValueTask<EmptyShape> DeleteAsync(DeleteMetricFilterRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var group = context.Group(request.LogGroupName);
        if (!await _filters.DeleteAsync(MetricFilterKinds.Key(group, request.FilterName), cancellationToken: cancellationToken))
        {
            throw LogsErrors.ResourceNotFoundException("The specified metric filter does not exist.");
        }

        await feed.ReloadAsync(group, cancellationToken);
        return EmptyShape.Instance;
    }

    /// <summary>Deletes all filters of a group that is gone.</summary>
    public async ValueTask DeleteAllAsync(LogGroupKey group, CancellationToken cancellationToken)
    {
        while (await _filters.ListAsync(Query(group), cancellationToken) is { Items: { Count: > 0 } items })
        {
            foreach (var filter in items)
            {
                await _filters.DeleteAsync(filter.Key, cancellationToken: cancellationToken);
            }
        }

        await feed.ReloadAsync(group, cancellationToken);
    }

    public async ValueTask<DescribeMetricFiltersResponse> DescribeAsync(
        DescribeMetricFiltersRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.MetricName is null != request.MetricNamespace is null)
        {
            throw LogsErrors.InvalidParameterException("metricName and metricNamespace must be specified together.");
        }

        if (request is { FilterNamePrefix: not null, LogGroupName: null })
        {
            throw LogsErrors.InvalidParameterException("filterNamePrefix needs logGroupName.");
        }

        var size = request.Limit ?? DefaultLimit;
        var query = new ResourceQuery
        {
            Account = context.AccountId,
            Region = context.Region,
            Kind = MetricFilterKinds.Filter.Name,
            Parent = request.LogGroupName,
            NameContains = request.FilterNamePrefix,
            Attributes = request is { MetricName: { } name, MetricNamespace: { } space }
                ? [AttributeFilter.Equal(MetricFilterKinds.NameAttribute, name), AttributeFilter.Equal(MetricFilterKinds.NamespaceAttribute, space)]
                : [],
            SortBy = ResourceSort.Name,
            PageToken = request.NextToken,
        };
        var found = new List<Stored<PutMetricFilterRequest>>();
        try
        {
            do
            {
                var page = await _filters.ListAsync(query with { PageSize = size - found.Count }, cancellationToken);
                found.AddRange(page.Items.Where(item => item.Document.FilterName.StartsWith(request.FilterNamePrefix ?? "", StringComparison.Ordinal)));
                query = query with { PageToken = page.NextToken };
            }
            while (query.PageToken is not null && found.Count < size);
        }
        catch (InvalidPageTokenException)
        {
            throw LogNames.BadToken();
        }

        return new DescribeMetricFiltersResponse { MetricFilters = [.. found.Select(Describe)], NextToken = query.PageToken };
    }

    public ValueTask<TestMetricFilterResponse> TestAsync(TestMetricFilterRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var pattern = Check(() => FilterPattern.ParseWithValues(request.FilterPattern));
        var matches = new List<MetricFilterMatchRecord>();
        foreach (var (i, message) in request.LogEventMessages.Index())
        {
            if (pattern.Match(message) is { } values)
            {
                matches.Add(new MetricFilterMatchRecord { EventNumber = i + 1, EventMessage = message, ExtractedValues = new Dictionary<string, string>(values) });
            }
        }

        return ValueTask.FromResult(new TestMetricFilterResponse { Matches = matches });
    }

    private static Contracts.Logs.MetricFilter Describe(Stored<PutMetricFilterRequest> stored) => new()
    {
        FilterName = stored.Document.FilterName,
        FilterPattern = stored.Document.FilterPattern,
        MetricTransformations = stored.Document.MetricTransformations,
        CreationTime = stored.Created.ToUnixTimeMilliseconds(),
        LogGroupName = stored.Document.LogGroupName,
    };

    private static T Check<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FilterPatternException exception)
        {
            throw LogsErrors.InvalidParameterException(string.Create(CultureInfo.InvariantCulture, $"Invalid metric filter: {exception.Message}"));
        }
    }

    private static ResourceQuery Query(LogGroupKey group) =>
        new() { Account = group.Account, Region = group.Region, Kind = MetricFilterKinds.Filter.Name, Parent = group.Name };

    private ValueTask<long> CountAsync(LogGroupKey group, CancellationToken cancellationToken) => store.CountAsync(Query(group), cancellationToken);
}
