using Microsoft.Extensions.Logging;

using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Sns.Delivery;

/// <summary>Brings stored messages to their subscribers, and tries again when they do not take them.</summary>
/// <remarks>A delivery is deleted once it was taken or given up: after a crash in between the subscriber gets it twice, never not at all.</remarks>
internal sealed partial class DeliveryReconciler(
    IResourceStore store, DeliveryChannels channels, TimeProvider clock, ILogger<DeliveryReconciler> logger) : IReconciler
{
    private readonly ResourceSet<DeliveryDocument> _deliveries = store.For(SnsKinds.Delivery);
    private readonly ResourceSet<SubscriptionDocument> _subscriptions = store.For(SnsKinds.Subscription);

    public string Kind => SnsKinds.Delivery.Name;

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (await _deliveries.FindAsync(key, cancellationToken) is not { } found)
        {
            return ReconcileOutcome.Done;
        }

        var delivery = found.Document;
        var wait = delivery.NotBefore - clock.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            return ReconcileOutcome.Requeue(wait);
        }

        if (delivery.SubscriptionArn is { } arn && await _subscriptions.FindByArnAsync(arn, cancellationToken) is null)
        {
            // Unsubscribed meanwhile.
            await _deliveries.DeleteAsync(key, null, cancellationToken);
            return ReconcileOutcome.Done;
        }

        try
        {
            await channels.For(delivery.Protocol).SendAsync(delivery, cancellationToken);
            await _deliveries.DeleteAsync(key, null, cancellationToken);
            return ReconcileOutcome.Done;
        }
        catch (DeliveryFailedException failure)
        {
            var failures = delivery.Failures + 1;
            if (failure.IsFinal || delivery.Retries.DelayAfter(failures) is not { } delay)
            {
                LogGivenUp(delivery.MessageId, delivery.TopicArn, delivery.Protocol, failures, failure.Message);
                await _deliveries.DeleteAsync(key, null, cancellationToken);
                return ReconcileOutcome.Done;
            }

            var next = clock.GetUtcNow() + delay;
            await _deliveries.UpdateAsync(key, stored => stored with { Failures = failures, NotBefore = next }, cancellationToken);
            return ReconcileOutcome.Requeue(delay);
        }
    }

    [LoggerMessage(EventId = 3801, Level = LogLevel.Warning, Message = "Message {MessageId} of {Topic} over {Protocol} was given up after {Tries} tries: {Reason}")]
    private partial void LogGivenUp(string messageId, string? topic, string protocol, int tries, string reason);
}
