using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Sagebrush.State.Resources;

/// <summary>A subscriber's place in the change feed. Dispose it to stop.</summary>
/// <remarks>Made by <see cref="IResourceStore.Subscribe"/>; to be read by one reader.</remarks>
public sealed class ChangeSubscription : IDisposable
{
    private readonly ChangeFeed _feed;
    private readonly IReadOnlySet<string>? _kinds;
    private readonly Channel<ResourceChange> _channel;
    private readonly Lock _gate = new();
    private bool _missed;

    internal ChangeSubscription(ChangeFeed feed, IReadOnlySet<string>? kinds, int capacity)
    {
        _feed = feed;
        _kinds = kinds;
        _channel = Channel.CreateBounded<ResourceChange>(
            new BoundedChannelOptions(capacity) { SingleReader = true, AllowSynchronousContinuations = false });
    }

    /// <summary>
    /// The changes since the subscription began, in the order they were committed, as they come. After more changes
    /// than fit while nobody read, one <see cref="ResourceChangeType.Resync"/> stands for those that were dropped.
    /// Ends when the subscription or the store is disposed.
    /// </summary>
    public async IAsyncEnumerable<ResourceChange> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _channel.Reader.WaitToReadAsync(cancellationToken))
        {
            while (TryTake(out var change))
            {
                yield return change;
            }
        }
    }

    /// <summary>Stops the subscription; what was not read is dropped.</summary>
    public void Dispose()
    {
        _feed.Remove(this);
        Complete();
    }

    internal void Complete() => _channel.Writer.TryComplete();

    internal void Publish(ResourceChange change)
    {
        if (_kinds is not null && !_kinds.Contains(change.Key.Kind))
        {
            return;
        }

        lock (_gate)
        {
            // Once one change is lost the ones behind it are worth nothing: the resync covers them all.
            _missed = _missed || !_channel.Writer.TryWrite(change);
        }
    }

    private bool TryTake(out ResourceChange change)
    {
        // The lock makes "the channel is empty and something was missed" one fact. Something can only be missed while
        // the channel is full, so a reader that sleeps on an empty channel has missed nothing.
        lock (_gate)
        {
            if (_channel.Reader.TryRead(out change))
            {
                return true;
            }

            if (_missed)
            {
                _missed = false;
                change = new ResourceChange(ResourceChangeType.Resync, default, 0);
                return true;
            }

            return false;
        }
    }
}
