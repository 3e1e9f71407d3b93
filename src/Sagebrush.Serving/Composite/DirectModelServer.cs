using System.Buffers;

namespace Sagebrush.Serving.Composite;

/// <summary>Several containers, each asked directly: a request names the one it is for.</summary>
public sealed class DirectModelServer : IModelServer
{
    private readonly IReadOnlyList<NamedServer> _containers;

    /// <summary>Takes over the containers; they are disposed with this server.</summary>
    public DirectModelServer(IReadOnlyList<NamedServer> containers)
    {
        ArgumentNullException.ThrowIfNull(containers);
        _containers = containers;
    }

    /// <inheritdoc/>
    public InvocationTarget Target => InvocationTarget.Container;

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Processes => NamedServer.ProcessesOf(_containers);

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => NamedServer.PingAllAsync(_containers, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        foreach (var container in _containers)
        {
            if (container.Name == invocation.Target)
            {
                return container.InvokeAsync(invocation, output, cancellationToken);
            }
        }

        return ValueTask.FromException<InvocationResult>(new ModelInvocationException(
            InvocationFailure.NoTarget,
            0,
            $"There is no container with the host name {invocation.Target}; there are {string.Join(", ", _containers.Select(container => container.Name))}."));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => NamedServer.DisposeAllAsync(_containers);
}
