using Sagebrush.State.Metrics;

namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>
/// What SEARCH looks for: <c>{Namespace,Dimension,…}</c> that a metric must have exactly, then words joined by AND, OR and NOT.
/// A word matches inside of any part; <c>Key=word</c> inside of that part; in double quotes it must be the whole.
/// </summary>
internal sealed class MetricSearch
{
    private const int MostMetrics = 500;
    private const int PageSize = 500;

    private readonly string? _namespace;
    private readonly string[]? _dimensions;
    private readonly Func<MetricKey, bool> _matches;

    private MetricSearch(string? space, string[]? dimensions, Func<MetricKey, bool> matches) =>
        (_namespace, _dimensions, _matches) = (space, dimensions, matches);

    /// <exception cref="ExpressionException">The text cannot be read.</exception>
    public static MetricSearch Parse(string text)
    {
        var rest = text.Trim();
        string? space = null;
        string[]? dimensions = null;
        if (rest.StartsWith('{'))
        {
            var end = rest.IndexOf('}', StringComparison.Ordinal);
            if (end < 0)
            {
                throw new ExpressionException("SEARCH: a } is missing.");
            }

            var names = rest[1..end].Split(',').Select(name => name.Trim().Trim('"')).ToArray();
            (space, dimensions, rest) = (names[0], [.. names[1..].Order(StringComparer.Ordinal)], rest[(end + 1)..]);
        }

        return new MetricSearch(space, dimensions, new SearchTerms(rest).Read());
    }

    /// <summary>The metrics found, at most 500.</summary>
    public async ValueTask<IReadOnlyList<MetricKey>> RunAsync(
        IMetricStore store, string account, string region, long start, CancellationToken cancellationToken)
    {
        var found = new List<MetricKey>();
        var query = new MetricListQuery { Account = account, Region = region, Namespace = _namespace, ActiveSince = start, PageSize = PageSize };
        do
        {
            var page = await store.ListAsync(query, cancellationToken);
            found.AddRange(page.Metrics.Where(Matches).Take(MostMetrics - found.Count));
            query = query with { PageToken = page.NextToken };
        }
        while (query.PageToken is not null && found.Count < MostMetrics);
        return found;
    }

    private bool Matches(MetricKey metric) =>
        (_dimensions is null || _dimensions.SequenceEqual(metric.Dimensions.Select(one => one.Name))) && _matches(metric);
}
