using System.Buffers;
using Sagebrush.Serving;
using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Services.Hosting.Containers;

/// <summary>Many models in one container that loads them by itself.</summary>
internal sealed class ContainerMultiModelServer(ContainerInstance container, MultiModelServer models) : IModelServer
{
    /// <inheritdoc/>
    public InvocationTarget Target => InvocationTarget.Model;

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Processes => container.Processes;

    /// <summary>What knows which models are loaded.</summary>
    public MultiModelServer Models => models;

    /// <inheritdoc/>
    public async ValueTask<bool> PingAsync(CancellationToken cancellationToken) => await container.PingAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(Serving.Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        models.InvokeAsync(invocation, output, cancellationToken);

    /// <inheritdoc/>
    public ValueTask InvokeStreamAsync(Serving.Invocation invocation, IResponseSink sink, CancellationToken cancellationToken) =>
        models.InvokeStreamAsync(invocation, sink, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await models.DisposeAsync();
        await container.DisposeAsync();
    }
}
