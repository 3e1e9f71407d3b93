using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.S3;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3.Settings;

/// <summary>
/// Answers for settings that no bucket here has, as S3 does for a new bucket: clients that describe whole buckets ask for all of
/// them. Setting them is refused, except to what they are.
/// </summary>
internal sealed class FreshBucketOperations(BucketSettings settings)
{
    public void Map(ApiMap api)
    {
        api.Serve(S3Api.GetBucketAccelerateConfiguration, (r, c, _) => Answer<GetBucketAccelerateConfigurationOutput>(r.Bucket, c, r.ExpectedBucketOwner));
        api.Serve(S3Api.GetBucketLogging, (r, c, _) => Answer<GetBucketLoggingOutput>(r.Bucket, c, r.ExpectedBucketOwner));
        api.Serve(S3Api.ListBucketAnalyticsConfigurations, (r, c, _) => Answer(
            r.Bucket, c, r.ExpectedBucketOwner, new ListBucketAnalyticsConfigurationsOutput { IsTruncated = false }));
        api.Serve(S3Api.ListBucketIntelligentTieringConfigurations, (r, c, _) => Answer(
            r.Bucket, c, null, new ListBucketIntelligentTieringConfigurationsOutput { IsTruncated = false }));
        api.Serve(S3Api.ListBucketInventoryConfigurations, (r, c, _) => Answer(
            r.Bucket, c, r.ExpectedBucketOwner, new ListBucketInventoryConfigurationsOutput { IsTruncated = false }));
        api.Serve(S3Api.ListBucketMetricsConfigurations, (r, c, _) => Answer(
            r.Bucket, c, r.ExpectedBucketOwner, new ListBucketMetricsConfigurationsOutput { IsTruncated = false }));

        api.Serve(S3Api.GetBucketWebsite, (r, c, _) => Lacking<GetBucketWebsiteOutput>(
            r.Bucket, c, r.ExpectedBucketOwner, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"));
        api.Serve(S3Api.GetBucketReplication, (r, c, _) => Lacking<GetBucketReplicationOutput>(
            r.Bucket, c, r.ExpectedBucketOwner, "ReplicationConfigurationNotFoundError", "The replication configuration was not found"));

        // Deleting what is not there succeeds.
        api.Serve(S3Api.DeleteBucketWebsite, (r, c, _) => Answer<EmptyShape>(r.Bucket, c, r.ExpectedBucketOwner));
        api.Serve(S3Api.DeleteBucketReplication, (r, c, _) => Answer<EmptyShape>(r.Bucket, c, r.ExpectedBucketOwner));

        api.Serve(S3Api.PutBucketLogging, PutLogging);
        api.Serve(S3Api.PutBucketAccelerateConfiguration, PutAccelerate);
        api.Serve(S3Api.GetBucketRequestPayment, GetRequestPayment);
        api.Serve(S3Api.PutBucketRequestPayment, PutRequestPaymentAsync);
    }

    private static ServiceException Unimplemented(string what) =>
        new(S3Codes.NotImplemented, $"{what} is not implemented.", StatusCodes.Status501NotImplemented);

    private ValueTask<T> Answer<T>(string bucket, CallContext context, string? expectedOwner, T? answer = null)
        where T : class, new()
    {
        settings.Bucket(bucket, context, expectedOwner);
        return new(answer ?? new T());
    }

    private ValueTask<T> Lacking<T>(string bucket, CallContext context, string? expectedOwner, string code, string message) =>
        throw BucketSettings.Missing(code, message, settings.Bucket(bucket, context, expectedOwner));

    private ValueTask<EmptyShape> PutLogging(PutBucketLoggingRequest request, CallContext context, CancellationToken cancellationToken)
    {
        settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return request.BucketLoggingStatus.LoggingEnabled is null ? new(new EmptyShape()) : throw Unimplemented("Delivery of access logs");
    }

    private ValueTask<EmptyShape> PutAccelerate(PutBucketAccelerateConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return request.AccelerateConfiguration.Status == BucketAccelerateStatus.Suspended
            ? new(new EmptyShape())
            : throw Unimplemented("Transfer acceleration");
    }

    private ValueTask<GetBucketRequestPaymentOutput> GetRequestPayment(
        GetBucketRequestPaymentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return new(new GetBucketRequestPaymentOutput { Payer = PayerOf(bucket) });
    }

    /// <remarks>Nobody pays here, so the setting is kept and does nothing.</remarks>
    private async ValueTask<EmptyShape> PutRequestPaymentAsync(PutBucketRequestPaymentRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        if (request.RequestPaymentConfiguration.Payer is not (Payer.Requester or Payer.BucketOwner))
        {
            throw BucketSettings.Malformed();
        }

        await settings.SetAsync(bucket, BucketSettings.RequestPayment, request.RequestPaymentConfiguration, cancellationToken);
        return new();
    }

    private static string PayerOf(BucketInfo bucket) =>
        BucketSettings.Find<RequestPaymentConfiguration>(bucket, BucketSettings.RequestPayment)?.Payer ?? Payer.BucketOwner;
}
