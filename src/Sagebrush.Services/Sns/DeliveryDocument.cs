namespace Sagebrush.Services.Sns;

/// <summary>One message on its way to one subscriber.</summary>
internal sealed record DeliveryDocument
{
    /// <summary>The type of a message that was published.</summary>
    public const string Notification = "Notification";

    /// <summary>The type of a request to confirm a subscription.</summary>
    public const string Confirmation = "SubscriptionConfirmation";

    public required string Type { get; init; }

    public required string Protocol { get; init; }

    public required string Endpoint { get; init; }

    /// <summary>The topic; null for a message sent to a phone number directly.</summary>
    public string? TopicArn { get; init; }

    public string? SubscriptionArn { get; init; }

    public required string MessageId { get; init; }

    public required string Message { get; init; }

    public string? Subject { get; init; }

    /// <summary>When it was published.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    public Dictionary<string, MessageAttribute> Attributes { get; init; } = [];

    /// <summary>What confirms the subscription; confirmations only.</summary>
    public string? Token { get; init; }

    /// <summary>The topic's name for people, if it has one.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Whether the message goes out as it is, without an envelope.</summary>
    public bool Raw { get; init; }

    /// <summary><c>1</c> signs with SHA-1, <c>2</c> with SHA-256.</summary>
    public string SignatureVersion { get; init; } = "1";

    /// <summary>How often and when to try.</summary>
    public RetryPolicy Retries { get; init; } = RetryPolicy.Default;

    /// <summary>Tries that failed.</summary>
    public int Failures { get; init; }

    /// <summary>When to try next.</summary>
    public DateTimeOffset NotBefore { get; init; }
}
