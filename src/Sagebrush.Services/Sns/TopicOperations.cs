using System.Globalization;
using System.Text.RegularExpressions;

using Sagebrush.Contracts.Sns;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Sns;

/// <summary>Topics: made, read, listed, changed, tagged, deleted.</summary>
internal sealed partial class TopicOperations(IResourceStore store, Topics topics)
{
    private const int PageSize = 100;

    private const int MaxTags = 50;

    private const string UsualDeliveryPolicy =
        """{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false}}""";

    private readonly ResourceSet<TopicDocument> _topics = store.For(SnsKinds.Topic);
    private readonly ResourceSet<SubscriptionDocument> _subscriptions = store.For(SnsKinds.Subscription);

    public void Map(ApiMap api)
    {
        api.Map(SnsApi.CreateTopic, CreateAsync);
        api.Map(SnsApi.DeleteTopic, DeleteAsync);
        api.Map(SnsApi.ListTopics, ListAsync);
        api.Map(SnsApi.GetTopicAttributes, GetAttributesAsync);
        api.Map(SnsApi.SetTopicAttributes, SetAttributesAsync);
        api.Map(SnsApi.TagResource, TagAsync);
        api.Map(SnsApi.UntagResource, UntagAsync);
        api.Map(SnsApi.ListTagsForResource, ListTagsAsync);
    }

    private async ValueTask<CreateTopicResponse> CreateAsync(CreateTopicInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (!TopicName().IsMatch(request.Name))
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: Topic Name");
        }

        var document = new TopicDocument { Name = request.Name };
        foreach (var (name, value) in request.Attributes ?? [])
        {
            TopicAttributes.Check(name, value);
            document.Attributes[name] = value;
        }

        var key = _topics.Key(context.AccountId, context.Region, request.Name);
        var arn = context.Arn("sns", request.Name);
        List<ResourceTag> tags = [.. (request.Tags ?? []).Select(tag => new ResourceTag(tag.Key, tag.Value))];
        while (await _topics.TryAddAsync(key, arn, document, tags, cancellationToken) is null)
        {
            if (await _topics.FindAsync(key, cancellationToken) is { } existing)
            {
                // The same topic again is no error; another one of its name is.
                if (request.Attributes is { Count: > 0 } && document.Attributes.Any(a => existing.Document.Attributes.GetValueOrDefault(a.Key) != a.Value))
                {
                    throw SnsErrors.InvalidParameterException("Invalid parameter: Attributes Reason: Topic already exists with different attributes");
                }

                if (tags.Count > 0 && !await HasTagsAsync(arn, tags, cancellationToken))
                {
                    throw SnsErrors.InvalidParameterException("Invalid parameter: Tags Reason: Topic already exists with different tags");
                }

                break;
            }
        }

        return new CreateTopicResponse { TopicArn = arn };
    }

    private async ValueTask<EmptyShape> DeleteAsync(DeleteTopicInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = TopicArn.OfTopic(request.TopicArn, context);
        if (await _topics.FindAsync(arn.Account, arn.Region, arn.Name, cancellationToken) is { } topic)
        {
            await foreach (var subscription in topics.SubscriptionsAsync(topic, cancellationToken))
            {
                await _subscriptions.DeleteAsync(subscription.Key, null, cancellationToken);
            }

            await _topics.DeleteAsync(topic.Key, null, cancellationToken);
        }

        return EmptyShape.Instance;
    }

    private async ValueTask<ListTopicsResponse> ListAsync(ListTopicsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var query = new ResourceQuery
        {
            Account = context.AccountId,
            Region = context.Region,
            Kind = SnsKinds.Topic.Name,
            SortBy = ResourceSort.Name,
            PageSize = PageSize,
            PageToken = request.NextToken,
        };
        try
        {
            var page = await _topics.ListAsync(query, cancellationToken);
            return new ListTopicsResponse { Topics = [.. page.Items.Select(topic => new Topic { TopicArn = topic.Arn })], NextToken = page.NextToken };
        }
        catch (InvalidPageTokenException)
        {
            throw SnsErrors.InvalidParameterException("Invalid parameter: NextToken");
        }
    }

    private async ValueTask<GetTopicAttributesResponse> GetAttributesAsync(
        GetTopicAttributesInput request, CallContext context, CancellationToken cancellationToken)
    {
        var topic = await FindAsync(request.TopicArn, context, cancellationToken);
        var attributes = new Dictionary<string, string>(topic.Document.Attributes)
        {
            ["TopicArn"] = topic.Arn,
            ["Owner"] = topic.Key.Account,
            ["SubscriptionsConfirmed"] = await CountAsync(topic, SubscriptionDocument.Confirmed, cancellationToken),
            ["SubscriptionsPending"] = await CountAsync(topic, SubscriptionDocument.Pending, cancellationToken),
            ["SubscriptionsDeleted"] = topic.Document.SubscriptionsDeleted.ToString(CultureInfo.InvariantCulture),
            ["EffectiveDeliveryPolicy"] = topic.Document.Attributes.GetValueOrDefault(TopicAttributes.DeliveryPolicy) ?? UsualDeliveryPolicy,
        };
        attributes.TryAdd(TopicAttributes.DisplayName, "");
        attributes.TryAdd(TopicAttributes.Policy, UsualPolicy(topic));
        return new GetTopicAttributesResponse { Attributes = attributes };
    }

    private async ValueTask<EmptyShape> SetAttributesAsync(SetTopicAttributesInput request, CallContext context, CancellationToken cancellationToken)
    {
        var topic = await FindAsync(request.TopicArn, context, cancellationToken);
        var value = request.AttributeValue ?? "";
        TopicAttributes.Check(request.AttributeName, value);
        await _topics.UpdateAsync(
            topic.Key,
            document =>
            {
                if (value.Length == 0)
                {
                    document.Attributes.Remove(request.AttributeName);
                }
                else
                {
                    document.Attributes[request.AttributeName] = value;
                }

                return document;
            },
            cancellationToken);
        return EmptyShape.Instance;
    }

    private async ValueTask<TagResourceResponse> TagAsync(TagResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var tags = request.Tags.Select(tag => new ResourceTag(tag.Key, tag.Value)).ToList();
        return await store.PutTagsAsync(TopicOf(request.ResourceArn, context), tags, MaxTags, cancellationToken) switch
        {
            TagOutcome.Stored => new TagResourceResponse(),
            TagOutcome.TooMany => throw SnsErrors.TagLimitExceededException($"Could not complete request: tag quota of {MaxTags} per resource exceeded"),
            _ => throw NoResource(),
        };
    }

    private async ValueTask<UntagResourceResponse> UntagAsync(UntagResourceRequest request, CallContext context, CancellationToken cancellationToken) =>
        await store.RemoveTagsAsync(TopicOf(request.ResourceArn, context), request.TagKeys, cancellationToken)
            ? new UntagResourceResponse()
            : throw NoResource();

    private async ValueTask<ListTagsForResourceResponse> ListTagsAsync(
        ListTagsForResourceRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var page = await store.ListTagsAsync(TopicOf(request.ResourceArn, context), MaxTags, null, cancellationToken) ?? throw NoResource();
        return new ListTagsForResourceResponse { Tags = [.. page.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] };
    }

    private async ValueTask<Stored<TopicDocument>> FindAsync(string? topicArn, CallContext context, CancellationToken cancellationToken)
    {
        var arn = TopicArn.OfTopic(topicArn, context);
        return arn.Account != context.AccountId ? throw NoTopic() : await _topics.FindAsync(arn.Account, arn.Region, arn.Name, cancellationToken) ?? throw NoTopic();
    }

    private async ValueTask<string> CountAsync(Stored<TopicDocument> topic, string status, CancellationToken cancellationToken)
    {
        var query = new ResourceQuery
        {
            Account = topic.Key.Account,
            Region = topic.Key.Region,
            Kind = SnsKinds.Subscription.Name,
            Parent = topic.Arn,
            Status = status,
        };
        return (await store.CountAsync(query, cancellationToken)).ToString(CultureInfo.InvariantCulture);
    }

    private async ValueTask<bool> HasTagsAsync(string arn, List<ResourceTag> tags, CancellationToken cancellationToken) =>
        await store.ListTagsAsync(arn, MaxTags, null, cancellationToken) is { } page && page.Tags.ToHashSet().SetEquals(tags);

    private static string TopicOf(string arn, CallContext context) => TopicArn.OfTopic(arn, context).Topic;

    private static string UsualPolicy(Stored<TopicDocument> topic) =>
        $$$$"""{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":"{{{{topic.Arn}}}}","Condition":{"StringEquals":{"AWS:SourceOwner":"{{{{topic.Key.Account}}}}"}}}]}""";

    internal static ServiceException NoTopic() => SnsErrors.NotFoundException("Topic does not exist");

    private static ServiceException NoResource() => SnsErrors.ResourceNotFoundException("Resource does not exist");

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,256}\z")]
    private static partial Regex TopicName();
}
