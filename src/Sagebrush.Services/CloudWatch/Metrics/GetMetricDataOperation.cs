using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sagebrush.Contracts.CloudWatch;
using Sagebrush.Services.CloudWatch.MetricMath;
using Sagebrush.State.Metrics;
using Sagebrush.State.Paging;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.CloudWatch.Metrics;

/// <summary>Reads metrics and works out metric math, in pages of datapoints.</summary>
internal sealed class GetMetricDataOperation(IMetricStore store) : IOperation<GetMetricDataInput, GetMetricDataOutput>
{
    private const int MostQueries = 500;
    private const int MostDatapoints = 100_800;

    // Nothing is secret in a place within an answer: the key only lets a token be told from other texts.
    private static readonly PageTokenProtector Tokens = new("GetMetricData"u8);

    public async ValueTask<GetMetricDataOutput> InvokeAsync(
        GetMetricDataInput request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request);
        var queries = new MetricQueries(store, context.AccountId, context.Region, request.MetricDataQueries, "MetricDataQueries");
        if (request.MetricDataQueries.TrueForAll(query => query.ReturnData is false))
        {
            throw Refuse("At least one of the queries must return data.");
        }

        var from = request.NextToken is { } token ? Position(token, request) : default;
        var results = await queries.RunAsync(
            request.StartTime.ToUnixTimeSeconds(), MetricPeriod.Ceiling(request.EndTime), cancellationToken);
        return Page(request, results, from);
    }

    private static void Check(GetMetricDataInput request)
    {
        if (request.StartTime >= request.EndTime)
        {
            throw Refuse("The parameter StartTime must be less than the parameter EndTime.");
        }

        if (request.MetricDataQueries is { Count: 0 or > MostQueries } queries)
        {
            throw Refuse($"The collection MetricDataQueries must have between 1 and {MostQueries} queries; it has {queries.Count}.");
        }

        if (request.MaxDatapoints is < 1 or > MostDatapoints)
        {
            throw Refuse($"The parameter MaxDatapoints must be between 1 and {MostDatapoints}. Value was {request.MaxDatapoints}.");
        }
    }

    private static GetMetricDataOutput Page(GetMetricDataInput request, IReadOnlyList<MetricQueryResult> results, (int Series, int Point) from)
    {
        var left = request.MaxDatapoints ?? MostDatapoints;
        var output = new GetMetricDataOutput { MetricDataResults = [], Messages = [] };
        for (var i = from.Series; i < results.Count; i++)
        {
            var (times, values) = Ordered(results[i].Series, request.ScanBy);
            var first = i == from.Series ? Math.Min(from.Point, times.Length) : 0;
            var last = Math.Min(times.Length, first + left);
            output.MetricDataResults.Add(new MetricDataResult
            {
                Id = results[i].Id,
                Label = results[i].Series.Label,
                Timestamps = [.. times[first..last].Select(DateTimeOffset.FromUnixTimeSeconds)],
                Values = [.. values[first..last]],
                StatusCode = last < times.Length || results[i].IsPartial ? StatusCode.PartialData : StatusCode.Complete,
            });
            left -= last - first;
            if (last < times.Length || (left == 0 && i + 1 < results.Count))
            {
                output.NextToken = Tokens.Protect(
                    Encoding.UTF8.GetBytes(last < times.Length ? $"{i} {last}" : $"{i + 1} 0"), Fingerprint(request));
                break;
            }
        }

        return output;
    }

    private static (long[] Times, double[] Values) Ordered(TimeSeries series, string? scanBy) => scanBy == ScanBy.TimestampAscending
        ? (series.Times, series.Values)
        : ([.. series.Times.Reverse()], [.. series.Values.Reverse()]);

    private static (int Series, int Point) Position(string token, GetMetricDataInput request)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Tokens.Unprotect(token, Fingerprint(request))).Split(' ');
            return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
        }
        catch (InvalidPageTokenException)
        {
            throw CloudWatchErrors.InvalidNextToken("The parameter NextToken is not one that was returned for this request.");
        }
    }

    private static string Fingerprint(GetMetricDataInput request) => Convert.ToHexString(SHA256.HashData(ShapeJson.Write(new GetMetricDataInput
    {
        MetricDataQueries = request.MetricDataQueries,
        StartTime = request.StartTime,
        EndTime = request.EndTime,
        ScanBy = request.ScanBy,
    })));

    private static ServiceException Refuse(string message) => new("ValidationError", message);
}
