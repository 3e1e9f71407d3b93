using Microsoft.Extensions.Logging;
using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.Services.Sns;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3.Events;

/// <summary>Tells listeners in the program, and the topics a bucket names, what happened to its objects.</summary>
internal sealed partial class ObjectEvents(
    IEnumerable<IObjectListener> listeners, ITopics topics, TimeProvider clock, ILogger<ObjectEvents> logger)
{
    public const string Subject = "Amazon S3 Notification";

    private readonly IObjectListener[] _listeners = [.. listeners];

    /// <summary>Tells of one object.</summary>
    /// <param name="name">S3's name of the event without <c>s3:</c>.</param>
    /// <param name="bucket">The bucket as it was when the request began.</param>
    /// <param name="info">The object, the version removed, or the marker made.</param>
    /// <param name="context">Who did it; null when the program did.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask RaiseAsync(string name, BucketInfo bucket, ObjectInfo info, CallContext? context, CancellationToken cancellationToken)
    {
        var configured = BucketSettings.Find<NotificationConfiguration>(bucket, BucketSettings.Notification)?.TopicConfigurations;
        return _listeners.Length == 0 && configured is not { Count: > 0 }
            ? default
            : TellAsync(Describe(name, bucket, info, context), configured ?? [], cancellationToken);
    }

    private ObjectEvent Describe(string name, BucketInfo bucket, ObjectInfo info, CallContext? context)
    {
        var isGone = name.Contains("Remove", StringComparison.Ordinal) || name.Contains("Expiration", StringComparison.Ordinal);
        return new()
        {
            Name = name,
            Bucket = bucket.Name,
            Account = bucket.Account,
            Region = bucket.Region,
            Key = info.Key,
            Size = isGone ? 0 : info.Size,
            ETag = info.ETag.Length == 0 ? null : info.ETag,
            VersionId = VersionIds.Of(bucket, info),
            Time = clock.GetUtcNow(),
            Principal = context?.PrincipalArn,
            RequestId = context?.RequestId,
            SourceAddress = context?.Http.Connection.RemoteIpAddress?.ToString(),
        };
    }

    private async ValueTask TellAsync(ObjectEvent happened, List<TopicConfiguration> configured, CancellationToken cancellationToken)
    {
        foreach (var listener in _listeners)
        {
            listener.OnObjectEvent(happened);
        }

        foreach (var configuration in configured.Where(candidate => EventFilter.Matches(candidate.Events, candidate.Filter, happened)))
        {
            await PublishAsync(configuration.TopicArn, EventMessage.Write(happened, configuration.Id ?? ""), cancellationToken);
        }
    }

    /// <remarks>The object is stored already: trouble with a topic must not make its request fail.</remarks>
    private async ValueTask PublishAsync(string topic, string message, CancellationToken cancellationToken)
    {
        try
        {
            // A topic that was deleted since the bucket was told of it hears nothing more.
            await topics.TryPublishAsync(topic, new TopicMessage(message, Subject), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogFailed(exception, topic);
        }
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "An event of a bucket could not be published to {Topic}")]
    private partial void LogFailed(Exception exception, string topic);
}
