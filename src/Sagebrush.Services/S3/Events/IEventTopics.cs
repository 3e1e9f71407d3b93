namespace Sagebrush.Services.S3.Events;

/// <summary>Where buckets' events are published: the topics of SNS.</summary>
public interface IEventTopics
{
    /// <summary>Whether there is such a topic.</summary>
    ValueTask<bool> ExistsAsync(string topicArn, CancellationToken cancellationToken);

    /// <summary>Publishes a message; when this returns the message is not lost any more.</summary>
    ValueTask PublishAsync(string topicArn, string subject, string message, CancellationToken cancellationToken);
}
