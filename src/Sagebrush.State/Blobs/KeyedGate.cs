namespace Sagebrush.State.Blobs;

/// <summary>Lets one at a time through per key. Thread safe; keys nobody waits for cost nothing.</summary>
public sealed class KeyedGate<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Turn> _turns = [];

    /// <summary>Waits for the key's turn.</summary>
    /// <returns>What ends the turn when disposed.</returns>
    public async ValueTask<IDisposable> EnterAsync(TKey key, CancellationToken cancellationToken)
    {
        Turn turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(key, out turn!))
            {
                _turns[key] = turn = new Turn();
            }

            turn.Users++;
        }

        try
        {
            await turn.Semaphore.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(key, turn, entered: false);
            throw;
        }

        return new Exit(this, key, turn);
    }

    private void Leave(TKey key, Turn turn, bool entered)
    {
        lock (_turns)
        {
            if (entered)
            {
                turn.Semaphore.Release();
            }

            if (--turn.Users == 0)
            {
                _turns.Remove(key);
                turn.Semaphore.Dispose();
            }
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Exit(KeyedGate<TKey> gate, TKey key, Turn turn) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                gate.Leave(key, turn, entered: true);
            }
        }
    }
}
