using System.Globalization;
using System.Text;

using Sagebrush.Services.Sns.Filtering;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Sns;

/// <summary>Topics and who listens to them; turns each message into one stored delivery per subscriber that wants it.</summary>
internal sealed class Topics(IResourceStore store, TimeProvider clock) : ITopics
{
    private const int PageSize = 1000;

    private readonly ResourceSet<TopicDocument> _topics = store.For(SnsKinds.Topic);
    private readonly ResourceSet<SubscriptionDocument> _subscriptions = store.For(SnsKinds.Subscription);
    private readonly ResourceSet<DeliveryDocument> _deliveries = store.For(SnsKinds.Delivery);

    public async ValueTask<bool> ExistsAsync(string topicArn, CancellationToken cancellationToken) =>
        await _topics.FindByArnAsync(topicArn, cancellationToken) is not null;

    public async ValueTask<string?> TryPublishAsync(string topicArn, TopicMessage message, CancellationToken cancellationToken)
    {
        if (await _topics.FindByArnAsync(topicArn, cancellationToken) is not { } topic)
        {
            return null;
        }

        var id = Guid.NewGuid().ToString();
        var deliveries = new List<DeliveryDocument>();
        await foreach (var subscription in SubscriptionsAsync(topic, cancellationToken))
        {
            if (subscription.Document.Status == SubscriptionDocument.Confirmed && Wants(subscription.Document, message))
            {
                deliveries.Add(Deliver(topic, subscription, message, id));
            }
        }

        // All wait for the same commit.
        await Task.WhenAll(deliveries.Select(delivery => EnqueueAsync(topic.Key.Account, topic.Key.Region, delivery, cancellationToken)));
        return id;
    }

    /// <summary>Sends a text message to one phone.</summary>
    public async ValueTask<string> SendTextAsync(string account, string region, string phoneNumber, TopicMessage message, CancellationToken cancellationToken)
    {
        var delivery = new DeliveryDocument
        {
            Type = DeliveryDocument.Notification,
            Protocol = "sms",
            Endpoint = phoneNumber,
            MessageId = Guid.NewGuid().ToString(),
            Message = message.TextFor("sms"),
            Timestamp = clock.GetUtcNow(),
            Attributes = new Dictionary<string, MessageAttribute>(message.Attributes),
            Retries = RetryPolicy.Patient,
        };
        await EnqueueAsync(account, region, delivery, cancellationToken);
        return delivery.MessageId;
    }

    /// <summary>Asks an endpoint to confirm its subscription.</summary>
    public Task AskForConfirmationAsync(Stored<TopicDocument> topic, Stored<SubscriptionDocument> subscription, CancellationToken cancellationToken)
    {
        var token = subscription.Document.Token;
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"You have chosen to subscribe to the topic {topic.Arn}.\n")
            .Append("To confirm the subscription, visit the SubscribeURL included in this message.");
        var request = Deliver(topic, subscription, new TopicMessage(text.ToString()), Guid.NewGuid().ToString()) with
        {
            Type = DeliveryDocument.Confirmation,
            Token = token,
            Raw = false,
        };
        return EnqueueAsync(topic.Key.Account, topic.Key.Region, request, cancellationToken);
    }

    /// <summary>All subscriptions of a topic.</summary>
    public async IAsyncEnumerable<Stored<SubscriptionDocument>> SubscriptionsAsync(
        Stored<TopicDocument> topic, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new ResourceQuery
        {
            Account = topic.Key.Account,
            Region = topic.Key.Region,
            Kind = SnsKinds.Subscription.Name,
            Parent = topic.Arn,
            PageSize = PageSize,
        };
        do
        {
            var page = await _subscriptions.ListAsync(query, cancellationToken);
            foreach (var subscription in page.Items)
            {
                yield return subscription;
            }

            query = query with { PageToken = page.NextToken };
        }
        while (query.PageToken is not null);
    }

    private static bool Wants(SubscriptionDocument subscription, TopicMessage message) =>
        !subscription.Attributes.TryGetValue(SubscriptionAttributes.FilterPolicy, out var policy)
        || FilterPolicy.Parse(policy, subscription.Attributes.GetValueOrDefault(SubscriptionAttributes.FilterPolicyScope)).Accepts(message);

    private static RetryPolicy RetriesOf(TopicDocument topic, SubscriptionDocument subscription) =>
        !subscription.Protocol.StartsWith("http", StringComparison.Ordinal) ? RetryPolicy.Patient
        : subscription.Attributes.TryGetValue(SubscriptionAttributes.DeliveryPolicy, out var own) && RetryPolicy.Parse(own) is { } policy ? policy
        : topic.Attributes.TryGetValue(TopicAttributes.DeliveryPolicy, out var shared) ? RetryPolicy.Parse(shared) ?? RetryPolicy.Default
        : RetryPolicy.Default;

    private DeliveryDocument Deliver(Stored<TopicDocument> topic, Stored<SubscriptionDocument> subscription, TopicMessage message, string id) => new()
    {
        Type = DeliveryDocument.Notification,
        Protocol = subscription.Document.Protocol,
        Endpoint = subscription.Document.Endpoint,
        TopicArn = topic.Arn,
        SubscriptionArn = subscription.Arn,
        MessageId = id,
        Message = message.TextFor(subscription.Document.Protocol),
        Subject = message.Subject,
        Timestamp = clock.GetUtcNow(),
        Attributes = new Dictionary<string, MessageAttribute>(message.Attributes),
        DisplayName = topic.Document.Attributes.GetValueOrDefault(TopicAttributes.DisplayName) is { Length: > 0 } name ? name : null,
        Raw = subscription.Document.Attributes.GetValueOrDefault(SubscriptionAttributes.RawMessageDelivery) == "true",
        SignatureVersion = topic.Document.Attributes.GetValueOrDefault(TopicAttributes.SignatureVersion, "1"),
        Retries = RetriesOf(topic.Document, subscription.Document),
    };

    private async Task EnqueueAsync(string account, string region, DeliveryDocument delivery, CancellationToken cancellationToken)
    {
        var name = Guid.CreateVersion7().ToString();
        await _deliveries.TryAddAsync(
            _deliveries.Key(account, region, name), $"arn:aws:sns:{region}:{account}:delivery/{name}", delivery, [], cancellationToken);
    }
}
