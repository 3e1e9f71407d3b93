using System.Buffers;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Composite;

/// <summary>An inference pipeline: each container's answer is the next one's request.</summary>
/// <remarks>The first gets the caller's content type, each next one the content type of the answer before it; the last gets the caller's accept.</remarks>
public sealed class PipelineModelServer : IModelServer
{
    private readonly IReadOnlyList<NamedServer> _steps;

    /// <summary>Takes over the containers in their order; they are disposed with the pipeline.</summary>
    public PipelineModelServer(IReadOnlyList<NamedServer> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentOutOfRangeException.ThrowIfZero(steps.Count);
        _steps = steps;
    }

    /// <inheritdoc/>
    public bool IsImmediate => _steps.All(step => step.Server.IsImmediate);

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Processes => NamedServer.ProcessesOf(_steps);

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => NamedServer.PingAllAsync(_steps, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        var last = await AskAllButLastAsync(invocation, cancellationToken);
        return await _steps[^1].InvokeAsync(last, output, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        var last = await AskAllButLastAsync(invocation, cancellationToken);
        await _steps[^1].InvokeStreamAsync(last, sink, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => NamedServer.DisposeAllAsync(_steps);

    /// <summary>The request that the last container gets.</summary>
    private async ValueTask<Invocation> AskAllButLastAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var accept = invocation.Accept;
        for (var i = 0; i < _steps.Count - 1; i++)
        {
            var between = new ArrayBufferWriter<byte>();
            var result = await _steps[i].InvokeAsync(invocation with { Accept = null }, between, cancellationToken);
            invocation = invocation with
            {
                Body = new ReadOnlySequence<byte>(between.WrittenMemory),
                ContentType = result.ContentType,
                CustomAttributes = result.CustomAttributes ?? invocation.CustomAttributes,
            };
        }

        return invocation with { Accept = accept };
    }
}
