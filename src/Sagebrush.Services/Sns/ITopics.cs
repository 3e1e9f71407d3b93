namespace Sagebrush.Services.Sns;

/// <summary>SNS's face to the capabilities that notify: events of buckets, actions of alarms, results of asynchronous inference.</summary>
internal interface ITopics
{
    /// <summary>Whether there is such a topic.</summary>
    ValueTask<bool> ExistsAsync(string topicArn, CancellationToken cancellationToken);

    /// <summary>Publishes a message; when this returns, its deliveries are stored and survive the program.</summary>
    /// <returns>The message's id, or null when there is no such topic.</returns>
    ValueTask<string?> TryPublishAsync(string topicArn, TopicMessage message, CancellationToken cancellationToken);
}
