using Sagebrush.Contracts.S3;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.S3.Settings;

/// <summary>Keeps the rules by which browsers may use a bucket from pages of other origins.</summary>
internal sealed class CrossOriginOperations(BucketSettings settings)
{
    private const int MostRules = 100;

    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    public void Map(ApiMap api)
    {
        api.Serve(S3Api.PutBucketCors, PutAsync);
        api.Serve(S3Api.GetBucketCors, GetAsync);
        api.Serve(S3Api.DeleteBucketCors, (request, context, cancellationToken) =>
            settings.ForgetAsync(request.Bucket, BucketSettings.CrossOrigin, context, request.ExpectedBucketOwner, cancellationToken));
    }

    private async ValueTask<EmptyShape> PutAsync(PutBucketCorsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        if (request.CORSConfiguration.CORSRules is not { Count: > 0 and <= MostRules } rules)
        {
            throw BucketSettings.Malformed();
        }

        foreach (var rule in rules)
        {
            Check(rule);
        }

        await settings.SetAsync(bucket, BucketSettings.CrossOrigin, request.CORSConfiguration, cancellationToken);
        return new();
    }

    private ValueTask<GetBucketCorsOutput> GetAsync(GetBucketCorsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var rules = BucketSettings.Find<CORSConfiguration>(bucket, BucketSettings.CrossOrigin)
            ?? throw BucketSettings.Missing("NoSuchCORSConfiguration", "The CORS configuration does not exist", bucket);
        return new(new GetBucketCorsOutput { CORSRules = rules.CORSRules });
    }

    private static void Check(CORSRule rule)
    {
        if (rule.AllowedMethods.Find(method => !Methods.Contains(method)) is { } unknown)
        {
            throw new ServiceException(
                S3Codes.InvalidRequest, $"Found unsupported HTTP method in CORS config. Unsupported method is {unknown}");
        }

        foreach (var (name, values) in (ReadOnlySpan<(string, List<string>?)>)[("AllowedOrigin", rule.AllowedOrigins), ("AllowedHeader", rule.AllowedHeaders)])
        {
            if (values?.Find(value => value.Count(letter => letter == '*') > 1) is { } greedy)
            {
                throw new ServiceException(S3Codes.InvalidRequest, $"{name} \"{greedy}\" can not have more than one wildcard.");
            }
        }
    }
}
