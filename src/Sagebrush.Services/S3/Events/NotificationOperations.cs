using Microsoft.AspNetCore.Http;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.Services.Sns;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.S3.Events;

/// <summary>Keeps to which topics a bucket's events go.</summary>
internal sealed class NotificationOperations(BucketSettings settings, ITopics topics, TimeProvider clock)
{
    public void Map(ApiMap api)
    {
        api.Serve(S3Api.PutBucketNotificationConfiguration, PutAsync);
        api.Serve(S3Api.GetBucketNotificationConfiguration, Get);
    }

    private async ValueTask<EmptyShape> PutAsync(PutBucketNotificationConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        var configuration = request.NotificationConfiguration;
        if (configuration.EventBridgeConfiguration is not null)
        {
            throw new ServiceException(S3Codes.NotImplemented, "Events to EventBridge are not implemented.", StatusCodes.Status501NotImplemented);
        }

        foreach (var name in configuration.TopicConfigurations?.SelectMany(topic => topic.Events) ?? [])
        {
            if (!name.StartsWith("s3:", StringComparison.Ordinal))
            {
                throw new ServiceException(S3Codes.InvalidArgument, "The event is not supported for notifications");
            }
        }

        if (configuration is { QueueConfigurations.Count: > 0 } or { LambdaFunctionConfigurations.Count: > 0 })
        {
            throw Unreachable();
        }

        foreach (var topic in configuration.TopicConfigurations ?? [])
        {
            topic.Id ??= Guid.NewGuid().ToString();
            if (request.SkipDestinationValidation != true)
            {
                await TestAsync(topic.TopicArn, bucket.Name, context, cancellationToken);
            }
        }

        await settings.SetAsync(bucket, BucketSettings.Notification, configuration, cancellationToken);
        return new();
    }

    private ValueTask<NotificationConfiguration> Get(GetBucketNotificationConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var bucket = settings.Bucket(request.Bucket, context, request.ExpectedBucketOwner);
        return new(BucketSettings.Find<NotificationConfiguration>(bucket, BucketSettings.Notification) ?? new());
    }

    private async ValueTask TestAsync(string topic, string bucket, CallContext context, CancellationToken cancellationToken)
    {
        var message = new TopicMessage(EventMessage.Test(bucket, context.RequestId, clock.GetUtcNow()), ObjectEvents.Subject);
        if (await topics.TryPublishAsync(topic, message, cancellationToken) is null)
        {
            throw Unreachable();
        }
    }

    private static ServiceException Unreachable() =>
        new(S3Codes.InvalidArgument, "Unable to validate the following destination configurations");
}
