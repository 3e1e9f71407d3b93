using Sagebrush.Contracts.S3;
using Sagebrush.Services.S3.Settings;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Dispatch;
using BucketInfo = Sagebrush.State.Objects.BucketInfo;

namespace Sagebrush.Services.S3.Events;

/// <summary>Tells listeners in the program, and the topics a bucket names, what happened to its objects.</summary>
/// <remarks>
/// Topics are told by way of the store's outbox: give the change what <see cref="Announce"/> makes, and call <see cref="Raise"/> once
/// the change is durable.
/// </remarks>
internal sealed class ObjectEvents(IEnumerable<IObjectListener> listeners, EventOutbox outbox, TimeProvider clock)
{
    public const string Subject = "Amazon S3 Notification";

    /// <summary>What deletions by clients are called.</summary>
    public const string Removed = "ObjectRemoved";

    /// <summary>What deletions by the rules of a bucket are called.</summary>
    public const string Expired = "LifecycleExpiration";

    private readonly IObjectListener[] _listeners = [.. listeners];

    /// <summary>Writes the messages of a change into its own transaction; null where no topic is to hear of the bucket.</summary>
    /// <param name="name">S3's name of the event without <c>s3:</c>.</param>
    /// <param name="bucket">The bucket as it was when the request began.</param>
    /// <param name="context">Who did it; null when the program did.</param>
    public Func<ObjectInfo, IReadOnlyList<string>>? Announce(string name, BucketInfo bucket, CallContext? context)
    {
        if (TopicsOf(bucket) is not { Count: > 0 } topics)
        {
            return null;
        }

        var origin = EventOrigin.Of(context);
        return info => Messages(Describe(name, bucket, info, origin), topics);
    }

    /// <summary>As <see cref="Announce"/>, for a deletion.</summary>
    /// <param name="kind"><see cref="Removed"/> or <see cref="Expired"/>.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="context">Who did it; null when the program did.</param>
    public Func<DeleteOutcome, IReadOnlyList<string>>? AnnounceDeletion(string kind, BucketInfo bucket, CallContext? context)
    {
        if (TopicsOf(bucket) is not { Count: > 0 } topics)
        {
            return null;
        }

        var origin = EventOrigin.Of(context);
        return outcome => Deletion(kind, outcome) is var (name, info) ? Messages(Describe(name, bucket, info, origin), topics) : [];
    }

    /// <summary>Tells listeners of a change that is durable, and has its announcement published.</summary>
    /// <param name="name">S3's name of the event without <c>s3:</c>.</param>
    /// <param name="bucket">The bucket as it was when the request began.</param>
    /// <param name="info">The object, the version removed, or the marker made.</param>
    /// <param name="context">Who did it; null when the program did.</param>
    public void Raise(string name, BucketInfo bucket, ObjectInfo info, CallContext? context)
    {
        if (_listeners.Length > 0)
        {
            var happened = Describe(name, bucket, info, EventOrigin.Of(context));
            foreach (var listener in _listeners)
            {
                listener.OnObjectEvent(happened);
            }
        }

        if (bucket.Documents.ContainsKey(BucketSettings.Notification))
        {
            outbox.Wake();
        }
    }

    /// <summary>As <see cref="Raise"/>, for a deletion.</summary>
    public void RaiseDeletion(string kind, BucketInfo bucket, DeleteOutcome outcome, CallContext? context)
    {
        if (Deletion(kind, outcome) is var (name, info))
        {
            Raise(name, bucket, info, context);
        }
    }

    private static List<TopicConfiguration>? TopicsOf(BucketInfo bucket) =>
        BucketSettings.Find<NotificationConfiguration>(bucket, BucketSettings.Notification)?.TopicConfigurations;

    private static (string Name, ObjectInfo Info)? Deletion(string kind, DeleteOutcome outcome) => outcome switch
    {
        { Marker: { } marker } => ($"{kind}:DeleteMarkerCreated", marker),
        { Removed: { } removed } => ($"{kind}:Delete", removed),
        _ => null,
    };

    private static List<string> Messages(ObjectEvent happened, List<TopicConfiguration> topics) =>
    [
        .. topics
            .Where(topic => EventFilter.Matches(topic.Events, topic.Filter, happened))
            .Select(topic => EventOutbox.Entry(topic.TopicArn, EventMessage.Write(happened, topic.Id ?? ""))),
    ];

    private ObjectEvent Describe(string name, BucketInfo bucket, ObjectInfo info, in EventOrigin origin)
    {
        var isGone = name.StartsWith(Removed, StringComparison.Ordinal) || name.StartsWith(Expired, StringComparison.Ordinal);
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
            Principal = origin.Principal,
            RequestId = origin.RequestId,
            SourceAddress = origin.SourceAddress,
        };
    }
}
