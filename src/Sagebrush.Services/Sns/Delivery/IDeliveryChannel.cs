namespace Sagebrush.Services.Sns.Delivery;

/// <summary>A way to reach subscribers.</summary>
internal interface IDeliveryChannel
{
    /// <summary>The protocols of subscriptions it serves.</summary>
    IReadOnlyList<string> Protocols { get; }

    /// <summary>Why it cannot be used with the configuration as it is, or null.</summary>
    string? Missing { get; }

    /// <summary>Why an endpoint is none, or null.</summary>
    string? Problem(string protocol, string endpoint);

    /// <summary>Brings a message to its subscriber, once.</summary>
    /// <exception cref="DeliveryFailedException">The subscriber did not take it.</exception>
    Task SendAsync(DeliveryDocument delivery, CancellationToken cancellationToken);
}
