namespace Sagebrush.Serving.Python;

/// <summary>Requests waiting for a worker, in the order they came.</summary>
/// <param name="capacity">How many may wait while no worker is free.</param>
/// <param name="workers">How many workers share them.</param>
internal sealed class ExchangeQueue(int capacity, int workers)
{
    private readonly LinkedList<Exchange> _waiting = new();
    private int _idle;
    private bool _closed;

    /// <summary>Whether a worker is there that would begin at once.</summary>
    public bool HasIdleWorker
    {
        get
        {
            lock (_waiting)
            {
                return _idle > _waiting.Count;
            }
        }
    }

    /// <returns>False when too many wait already, or the queue is closed.</returns>
    public bool TryAdd(Exchange exchange)
    {
        lock (_waiting)
        {
            if (_closed || _waiting.Count - _idle >= capacity)
            {
                return false;
            }

            _waiting.AddLast(exchange.Place);
            if (_idle > 0)
            {
                Monitor.Pulse(_waiting);
            }

            return true;
        }
    }

    /// <summary>Puts a request that no worker has answered back where it was, before all others.</summary>
    /// <returns>False when the queue is closed.</returns>
    public bool TryReturn(Exchange exchange)
    {
        lock (_waiting)
        {
            if (_closed)
            {
                return false;
            }

            _waiting.AddFirst(exchange.Place);
            Monitor.Pulse(_waiting);
            return true;
        }
    }

    /// <summary>Gives a place up.</summary>
    /// <returns>False when the request is with a worker.</returns>
    public bool TryRemove(Exchange exchange)
    {
        lock (_waiting)
        {
            if (exchange.Place.List is null)
            {
                return false;
            }

            _waiting.Remove(exchange.Place);
            return true;
        }
    }

    /// <summary>The next request; blocks until there is one. Null once <paramref name="goesOn"/> says no or the queue is closed.</summary>
    /// <remarks>After a change of what <paramref name="goesOn"/> says, <see cref="Wake"/> has it asked again.</remarks>
    public Exchange? Take(Func<bool> goesOn)
    {
        lock (_waiting)
        {
            while (!_closed && goesOn())
            {
                if (_waiting.First is { } first)
                {
                    _waiting.RemoveFirst();
                    return first.Value;
                }

                _idle++;
                Monitor.Wait(_waiting);
                _idle--;
            }

            // The pulse may have been meant for a worker that can use it.
            Monitor.Pulse(_waiting);
            return null;
        }
    }

    /// <summary>Adds to a batch what else waits, unless a worker is free for it: at most a worker's share.</summary>
    public void TakeMore(List<Exchange> batch, int most)
    {
        lock (_waiting)
        {
            var count = _idle > 0 ? 0 : Math.Min(most, (_waiting.Count + batch.Count) / workers - batch.Count);
            for (; count > 0 && _waiting.First is { Value.MayBeBatched: true } first; count--)
            {
                _waiting.RemoveFirst();
                batch.Add(first.Value);
            }
        }
    }

    /// <summary>Has every waiting worker look again whether it is to go on.</summary>
    public void Wake()
    {
        lock (_waiting)
        {
            Monitor.PulseAll(_waiting);
        }
    }

    /// <summary>Takes no more requests and sends the workers away.</summary>
    /// <returns>Those that waited.</returns>
    public IReadOnlyList<Exchange> Close()
    {
        lock (_waiting)
        {
            _closed = true;
            Exchange[] left = [.. _waiting];
            _waiting.Clear();
            Monitor.PulseAll(_waiting);
            return left;
        }
    }
}
