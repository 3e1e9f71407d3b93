namespace Sagebrush.Serving.Routing;

/// <summary>A model server in use by routes: counts the requests in flight, so that it is disposed after the last.</summary>
public sealed class ServedModel
{
    private const int Retired = int.MinValue;

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;
    private volatile bool _ill;

    /// <summary>Takes over a server; it is disposed by <see cref="RetireAsync"/>.</summary>
    public ServedModel(IModelServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
    }

    /// <summary>The server itself.</summary>
    public IModelServer Server { get; }

    /// <summary>The log stream its errors point at, if there is one.</summary>
    public string? LogStreamArn { get; init; }

    /// <summary>Whether it passed its last health check; requests go elsewhere while it did not, if they can.</summary>
    public bool IsHealthy
    {
        get => !_ill;
        set => _ill = !value;
    }

    /// <summary>Whether it lets no request in any more.</summary>
    public bool IsRetired => (Volatile.Read(ref _state) & Retired) != 0;

    /// <summary>Requests being answered now.</summary>
    public int InFlight => Volatile.Read(ref _state) & ~Retired;

    /// <summary>Lets no new request in, waits until those in flight are answered, then disposes the server.</summary>
    /// <remarks>May be called more than once; every call waits for the same end.</remarks>
    public async Task RetireAsync()
    {
        var before = Interlocked.Or(ref _state, Retired);
        if (before == 0)
        {
            _drained.TrySetResult();
        }

        await _drained.Task;
        if ((before & Retired) == 0)
        {
            await Server.DisposeAsync();
        }
    }

    internal bool TryEnter()
    {
        var state = Volatile.Read(ref _state);
        while ((state & Retired) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (seen == state)
            {
                return true;
            }

            state = seen;
        }

        return false;
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _state) == Retired)
        {
            _drained.TrySetResult();
        }
    }
}
