namespace Sagebrush.Serving.Streaming;

/// <summary>A sink that its receiver can leave while whoever writes goes on.</summary>
internal sealed class DetachableSink(IResponseSink receiver) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private bool _detached;

    /// <summary>Whether the receiver was told of the answer's beginning.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Writes a part, or the beginning when there is one, unless the receiver has left.</summary>
    /// <returns>Whether the receiver is still there.</returns>
    public async ValueTask<bool> WriteAsync(InvocationResult? begin, ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            if (_detached || cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            if (begin is { } result)
            {
                receiver.Begin(result);
                HasBegun = true;
            }

            if (!part.IsEmpty)
            {
                await receiver.WriteAsync(part, cancellationToken);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>After this nothing reaches the receiver any more.</summary>
    public async ValueTask DetachAsync()
    {
        await _gate.WaitAsync(CancellationToken.None);
        _detached = true;
        _gate.Release();
    }

    public void Dispose() => _gate.Dispose();
}
