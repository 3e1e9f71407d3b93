namespace Sagebrush.Services.Sns;

/// <summary>A subscription as it is stored.</summary>
internal sealed record SubscriptionDocument
{
    public const string Pending = "Pending";

    public const string Confirmed = "Confirmed";

    public required string TopicArn { get; init; }

    public required string Protocol { get; init; }

    /// <summary>A URL, an e-mail address or a phone number.</summary>
    public required string Endpoint { get; init; }

    /// <summary><see cref="Pending"/> or <see cref="Confirmed"/>.</summary>
    public required string Status { get; init; }

    /// <summary>What confirms the subscription; only the endpoint is told.</summary>
    public required string Token { get; init; }

    /// <summary>When the token was last sent.</summary>
    public required DateTimeOffset TokenIssued { get; init; }

    /// <summary>Who subscribed.</summary>
    public required string PrincipalArn { get; init; }

    /// <summary>Whether only its owner may end it.</summary>
    public bool AuthenticateOnUnsubscribe { get; init; }

    /// <summary><c>FilterPolicy</c>, <c>FilterPolicyScope</c>, <c>RawMessageDelivery</c>, <c>DeliveryPolicy</c>.</summary>
    public SortedDictionary<string, string> Attributes { get; init; } = new(StringComparer.Ordinal);
}
