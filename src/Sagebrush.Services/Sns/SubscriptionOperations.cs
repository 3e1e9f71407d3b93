using System.Security.Cryptography;

using Sagebrush.Contracts.Sns;
using Sagebrush.Services.Sns.Delivery;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Sns;

/// <summary>Subscriptions: made, confirmed, listed, changed, ended.</summary>
internal sealed class SubscriptionOperations(IResourceStore store, Topics topics, DeliveryChannels channels, TimeProvider clock)
{
    private const int PageSize = 100;

    private const int TokenBytes = 64;

    private const string PendingArn = "pending confirmation";

    /// <summary>How long a token confirms.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromDays(2);

    private readonly ResourceSet<TopicDocument> _topics = store.For(SnsKinds.Topic);
    private readonly ResourceSet<SubscriptionDocument> _subscriptions = store.For(SnsKinds.Subscription);

    public void Map(ApiMap api)
    {
        api.Map(SnsApi.Subscribe, SubscribeAsync);
        api.MapUnsigned(SnsApi.ConfirmSubscription, ConfirmAsync);
        api.MapUnsigned(SnsApi.Unsubscribe, UnsubscribeAsync);
        api.Map(SnsApi.ListSubscriptions, ListAsync);
        api.Map(SnsApi.ListSubscriptionsByTopic, ListByTopicAsync);
        api.Map(SnsApi.GetSubscriptionAttributes, GetAttributesAsync);
        api.Map(SnsApi.SetSubscriptionAttributes, SetAttributesAsync);
    }

    private async ValueTask<SubscribeResponse> SubscribeAsync(SubscribeInput request, CallContext context, CancellationToken cancellationToken)
    {
        var topic = await FindTopicAsync(request.TopicArn, context, cancellationToken);
        channels.Check(request.Protocol, request.Endpoint);
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in (request.Attributes ?? []).OrderByDescending(attribute => attribute.Key == SubscriptionAttributes.FilterPolicyScope))
        {
            SubscriptionAttributes.Set(attributes, request.Protocol, name, value);
        }

        var subscription = await FindAsync(topic, request.Protocol, request.Endpoint!, cancellationToken);
        if (subscription is null)
        {
            subscription = await AddAsync(topic, request, attributes, context, cancellationToken);
        }
        else if (attributes.Count > 0 && !attributes.SequenceEqual(subscription.Document.Attributes))
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: Attributes Reason: Subscription already exists with different attributes");
        }

        var isPending = subscription.Document.Status == SubscriptionDocument.Pending;
        if (isPending)
        {
            await topics.AskForConfirmationAsync(topic, subscription, cancellationToken);
        }

        return new SubscribeResponse { SubscriptionArn = isPending && request.ReturnSubscriptionArn != true ? PendingArn : subscription.Arn };
    }

    private async ValueTask<Stored<SubscriptionDocument>> AddAsync(
        Stored<TopicDocument> topic, SubscribeInput request, SortedDictionary<string, string> attributes, CallContext context, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var document = new SubscriptionDocument
        {
            TopicArn = topic.Arn,
            Protocol = request.Protocol,
            Endpoint = request.Endpoint!,

            // Whoever can be asked is asked; nobody answers a text message.
            Status = request.Protocol == "sms" ? SubscriptionDocument.Confirmed : SubscriptionDocument.Pending,
            Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)),
            TokenIssued = clock.GetUtcNow(),
            PrincipalArn = context.PrincipalArn,
            Attributes = attributes,
        };
        return await _subscriptions.TryAddAsync(
            _subscriptions.Key(topic.Key.Account, topic.Key.Region, id), $"{topic.Arn}:{id}", document, [], cancellationToken)
            ?? throw new InvalidOperationException("A new id was taken.");
    }

    private async ValueTask<ConfirmSubscriptionResponse> ConfirmAsync(ConfirmSubscriptionInput request, CallContext context, CancellationToken cancellationToken)
    {
        var topic = await FindTopicAsync(request.TopicArn, context, cancellationToken);
        await foreach (var subscription in topics.SubscriptionsAsync(topic, cancellationToken))
        {
            if (!CryptographicOperations.FixedTimeEquals(
                System.Text.Encoding.UTF8.GetBytes(subscription.Document.Token), System.Text.Encoding.UTF8.GetBytes(request.Token)))
            {
                continue;
            }

            if (subscription.Document.Status == SubscriptionDocument.Pending && clock.GetUtcNow() > subscription.Document.TokenIssued + TokenLife)
            {
                throw SnsErrors.InvalidParameterException("Invalid parameter: Token Reason: the token has expired; subscribe again to get another");
            }

            var authenticate = request.AuthenticateOnUnsubscribe == "true" && context.AccessKeyId is not null;
            var confirmed = await _subscriptions.UpdateAsync(
                subscription.Key,
                stored => stored with { Status = SubscriptionDocument.Confirmed, AuthenticateOnUnsubscribe = stored.AuthenticateOnUnsubscribe || authenticate },
                cancellationToken) ?? throw NoSubscription();
            return new ConfirmSubscriptionResponse { SubscriptionArn = confirmed.Arn };
        }

        throw SnsErrors.InvalidParameterException("Invalid parameter: Token");
    }

    private async ValueTask<EmptyShape> UnsubscribeAsync(UnsubscribeInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = TopicArn.OfSubscription(request.SubscriptionArn, context);
        if (await _subscriptions.FindByArnAsync(request.SubscriptionArn, cancellationToken) is not { } subscription)
        {
            // Ending what has ended is no error.
            return EmptyShape.Instance;
        }

        if (context.AccessKeyId is null && subscription.Document.AuthenticateOnUnsubscribe)
        {
            throw SnsErrors.AuthorizationErrorException("This subscription can only be ended by a signed request of its owner.");
        }

        if (await _subscriptions.DeleteAsync(subscription.Key, null, cancellationToken))
        {
            await _topics.UpdateAsync(
                arn.Account, arn.Region, arn.Name, topic => topic with { SubscriptionsDeleted = topic.SubscriptionsDeleted + 1 }, cancellationToken);
        }

        return EmptyShape.Instance;
    }

    private async ValueTask<ListSubscriptionsResponse> ListAsync(ListSubscriptionsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var page = await PageAsync(context, null, request.NextToken, cancellationToken);
        return new ListSubscriptionsResponse { Subscriptions = [.. page.Items.Select(Describe)], NextToken = page.NextToken };
    }

    private async ValueTask<ListSubscriptionsByTopicResponse> ListByTopicAsync(
        ListSubscriptionsByTopicInput request, CallContext context, CancellationToken cancellationToken)
    {
        var topic = await FindTopicAsync(request.TopicArn, context, cancellationToken);
        var page = await PageAsync(context, topic.Arn, request.NextToken, cancellationToken);
        return new ListSubscriptionsByTopicResponse { Subscriptions = [.. page.Items.Select(Describe)], NextToken = page.NextToken };
    }

    private async ValueTask<GetSubscriptionAttributesResponse> GetAttributesAsync(
        GetSubscriptionAttributesInput request, CallContext context, CancellationToken cancellationToken)
    {
        var subscription = await FindAsync(request.SubscriptionArn, context, cancellationToken);
        var document = subscription.Document;
        var attributes = new Dictionary<string, string>(document.Attributes)
        {
            ["SubscriptionArn"] = subscription.Arn,
            ["TopicArn"] = document.TopicArn,
            ["Protocol"] = document.Protocol,
            ["Endpoint"] = document.Endpoint,
            ["Owner"] = subscription.Key.Account,
            ["SubscriptionPrincipal"] = document.PrincipalArn,
            ["PendingConfirmation"] = document.Status == SubscriptionDocument.Pending ? "true" : "false",
            ["ConfirmationWasAuthenticated"] = document.AuthenticateOnUnsubscribe ? "true" : "false",
        };
        attributes.TryAdd(SubscriptionAttributes.RawMessageDelivery, "false");
        if (document.Attributes.ContainsKey(SubscriptionAttributes.FilterPolicy))
        {
            attributes.TryAdd(SubscriptionAttributes.FilterPolicyScope, "MessageAttributes");
        }

        return new GetSubscriptionAttributesResponse { Attributes = attributes };
    }

    private async ValueTask<EmptyShape> SetAttributesAsync(SetSubscriptionAttributesInput request, CallContext context, CancellationToken cancellationToken)
    {
        var subscription = await FindAsync(request.SubscriptionArn, context, cancellationToken);
        await _subscriptions.UpdateAsync(
            subscription.Key,
            document =>
            {
                SubscriptionAttributes.Set(document.Attributes, document.Protocol, request.AttributeName, request.AttributeValue ?? "");
                return document;
            },
            cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<StoredPage<SubscriptionDocument>> PageAsync(
        CallContext context, string? topicArn, string? pageToken, CancellationToken cancellationToken)
    {
        try
        {
            var query = new ResourceQuery
            {
                Account = context.AccountId,
                Region = context.Region,
                Kind = SnsKinds.Subscription.Name,
                Parent = topicArn,
                PageSize = PageSize,
                PageToken = pageToken,
            };
            return await _subscriptions.ListAsync(query, cancellationToken);
        }
        catch (InvalidPageTokenException)
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: NextToken");
        }
    }

    private async ValueTask<Stored<SubscriptionDocument>?> FindAsync(
        Stored<TopicDocument> topic, string protocol, string endpoint, CancellationToken cancellationToken)
    {
        var query = new ResourceQuery
        {
            Account = topic.Key.Account,
            Region = topic.Key.Region,
            Kind = SnsKinds.Subscription.Name,
            Parent = topic.Arn,
            Attributes = [AttributeFilter.Equal(SnsKinds.EndpointAttribute, SnsKinds.EndpointKey(protocol, endpoint))],
            PageSize = 1,
        };
        return (await _subscriptions.ListAsync(query, cancellationToken)).Items is [var found, ..] ? found : null;
    }

    private async ValueTask<Stored<SubscriptionDocument>> FindAsync(string subscriptionArn, CallContext context, CancellationToken cancellationToken)
    {
        var arn = TopicArn.OfSubscription(subscriptionArn, context);
        return arn.Account != context.AccountId
            ? throw NoSubscription()
            : await _subscriptions.FindByArnAsync(subscriptionArn, cancellationToken) ?? throw NoSubscription();
    }

    private async ValueTask<Stored<TopicDocument>> FindTopicAsync(string? topicArn, CallContext context, CancellationToken cancellationToken)
    {
        var arn = TopicArn.OfTopic(topicArn, context);
        return arn.Account != context.AccountId
            ? throw TopicOperations.NoTopic()
            : await _topics.FindAsync(arn.Account, arn.Region, arn.Name, cancellationToken) ?? throw TopicOperations.NoTopic();
    }

    private static Subscription Describe(Stored<SubscriptionDocument> subscription) => new()
    {
        SubscriptionArn = subscription.Document.Status == SubscriptionDocument.Pending ? "PendingConfirmation" : subscription.Arn,
        TopicArn = subscription.Document.TopicArn,
        Protocol = subscription.Document.Protocol,
        Endpoint = subscription.Document.Endpoint,
        Owner = subscription.Key.Account,
    };

    private static ServiceException NoSubscription() => SnsErrors.NotFoundException("Subscription does not exist");
}
