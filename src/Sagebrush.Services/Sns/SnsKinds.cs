using System.Text.Json.Serialization;

using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Sns;

/// <summary>What SNS stores.</summary>
internal static class SnsKinds
{
    /// <summary>The attribute that subscriptions of one topic are told apart by.</summary>
    public const string EndpointAttribute = "endpoint";

    public static readonly ResourceKind<TopicDocument> Topic =
        new("Topic", new JsonDocumentSerializer<TopicDocument>(SnsJson.Default.TopicDocument));

    public static readonly ResourceKind<SubscriptionDocument> Subscription =
        new("Subscription", new JsonDocumentSerializer<SubscriptionDocument>(SnsJson.Default.SubscriptionDocument))
        {
            Status = static subscription => subscription.Status,
            Parent = static subscription => subscription.TopicArn,
            Attributes = static subscription =>
                [ResourceAttribute.Of(EndpointAttribute, EndpointKey(subscription.Protocol, subscription.Endpoint))],
        };

    public static readonly ResourceKind<DeliveryDocument> Delivery =
        new("TopicDelivery", new JsonDocumentSerializer<DeliveryDocument>(SnsJson.Default.DeliveryDocument));

    public static string EndpointKey(string protocol, string endpoint) => $"{protocol} {endpoint}";
}

[JsonSerializable(typeof(TopicDocument))]
[JsonSerializable(typeof(SubscriptionDocument))]
[JsonSerializable(typeof(DeliveryDocument))]
internal sealed partial class SnsJson : JsonSerializerContext;
