using System.Collections.Immutable;

namespace Sagebrush.State.Resources;

/// <summary>Hands each committed change to every subscriber, in commit order, without ever waiting for one.</summary>
internal sealed class ChangeFeed : IDisposable
{
    private ImmutableArray<ChangeSubscription> _subscriptions = [];

    public ChangeSubscription Subscribe(IReadOnlySet<string>? kinds, int capacity)
    {
        var subscription = new ChangeSubscription(this, kinds, capacity);
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Add(one), subscription);
        return subscription;
    }

    public void Remove(ChangeSubscription subscription) =>
        ImmutableInterlocked.Update(ref _subscriptions, static (all, one) => all.Remove(one), subscription);

    public void Publish(ResourceChange change)
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Publish(change);
        }
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Complete();
        }
    }
}
