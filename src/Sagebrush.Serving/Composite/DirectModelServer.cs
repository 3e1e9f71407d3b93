using System.Buffers;
using Sagebrush.Serving.Streaming;

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
    public ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        Find(invocation.Target) is { } container
            ? container.InvokeAsync(invocation, output, cancellationToken)
            : ValueTask.FromException<InvocationResult>(NoTarget(invocation.Target));

    /// <inheritdoc/>
    public ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken) =>
        Find(invocation.Target) is { } container
            ? container.InvokeStreamAsync(invocation, sink, cancellationToken)
            : ValueTask.FromException(NoTarget(invocation.Target));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => NamedServer.DisposeAllAsync(_containers);

    private NamedServer? Find(string? name) => _containers.FirstOrDefault(container => container.Name == name);

    private ModelInvocationException NoTarget(string? name) => new(
        InvocationFailure.NoTarget,
        0,
        $"There is no container with the host name {name}; there are {string.Join(", ", _containers.Select(container => container.Name))}.");
}
