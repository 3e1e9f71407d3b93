namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>One series that a query came to.</summary>
/// <param name="Id">The query's id.</param>
/// <param name="Series">Its values, with the label for the answer.</param>
/// <param name="IsPartial">Whether there were more series than are returned.</param>
internal sealed record MetricQueryResult(string Id, TimeSeries Series, bool IsPartial = false);
