using System.Buffers;

namespace Sagebrush.Serving.Composite;

/// <summary>One of several lanes to a model in this process: lanes share the model, which ends with the last of them.</summary>
public sealed class SharedModelServer : IModelServer
{
    private readonly Share _share;
    private int _disposed;

    private SharedModelServer(Share share) => _share = share;

    /// <inheritdoc/>
    public bool IsImmediate => _share.Server.IsImmediate;

    /// <inheritdoc/>
    public InvocationTarget Target => _share.Server.Target;

    /// <summary>Takes over a server and opens the first lane to it.</summary>
    public static SharedModelServer Open(IModelServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new SharedModelServer(new Share(server) { Lanes = 1 });
    }

    /// <summary>Opens another lane to the same model.</summary>
    /// <returns>Null when the last lane was closed meanwhile.</returns>
    public SharedModelServer? Another()
    {
        lock (_share)
        {
            if (_share.Lanes == 0)
            {
                return null;
            }

            _share.Lanes++;
            return new SharedModelServer(_share);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => _share.Server.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        _share.Server.InvokeAsync(invocation, output, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        lock (_share)
        {
            if (--_share.Lanes > 0)
            {
                return ValueTask.CompletedTask;
            }
        }

        return _share.Server.DisposeAsync();
    }

    private sealed class Share(IModelServer server)
    {
        public IModelServer Server { get; } = server;

        public int Lanes { get; set; }
    }
}
