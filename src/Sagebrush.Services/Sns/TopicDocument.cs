namespace Sagebrush.Services.Sns;

/// <summary>A topic as it is stored.</summary>
internal sealed record TopicDocument
{
    public required string Name { get; init; }

    /// <summary>What its owner has set: <c>DisplayName</c>, <c>Policy</c>, <c>DeliveryPolicy</c>, …</summary>
    public SortedDictionary<string, string> Attributes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>How many subscriptions have been ended.</summary>
    public int SubscriptionsDeleted { get; init; }
}
