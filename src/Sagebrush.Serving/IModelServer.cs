using System.Buffers;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving;

/// <summary>A loaded model that answers requests: what <c>/ping</c> and <c>/invocations</c> are in a container.</summary>
/// <remarks>
/// Implementations are safe for concurrent calls. A server is loaded when it is created; a model that cannot be loaded
/// never becomes a server (<see cref="ModelLoadException"/>). Disposal ends everything the server started.
/// </remarks>
public interface IModelServer : IAsyncDisposable
{
    /// <summary>Whether calls complete before they return, so that there is nothing to cancel.</summary>
    bool IsImmediate => false;

    /// <summary>What every request must name in <see cref="Invocation.Target"/>.</summary>
    InvocationTarget Target => InvocationTarget.None;

    /// <summary>The processes that serve the model now; none for a model within this one.</summary>
    IReadOnlyCollection<int> Processes => [];

    /// <summary>Whether the model can answer now.</summary>
    ValueTask<bool> PingAsync(CancellationToken cancellationToken);

    /// <summary>Answers one request and writes the response's body to <paramref name="output"/>.</summary>
    /// <remarks>
    /// A model evaluated in this process completes synchronously and allocates next to nothing. The request's body is
    /// not read after the call has completed. Nothing is written to <paramref name="output"/> when the call fails.
    /// </remarks>
    /// <exception cref="ModelInvocationException">The model refused the request, failed, or took too long.</exception>
    ValueTask<InvocationResult> InvokeAsync(
        Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken);

    /// <summary>Answers one request part by part as the model makes them; a model that makes its answer in one piece gives one part.</summary>
    /// <param name="invocation">The request; its body is not read after the call has completed.</param>
    /// <param name="sink">Where the answer goes; not used after the call has completed.</param>
    /// <param name="cancellationToken">The caller is gone: the model is told to stop.</param>
    /// <exception cref="ModelInvocationException">
    /// The model refused the request, failed, or took too long: before the sink was begun, or in the midst of the answer.
    /// </exception>
    async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var output = new ArrayBufferWriter<byte>();
        var result = await InvokeAsync(invocation, output, cancellationToken);
        sink.Begin(result);
        if (output.WrittenCount > 0)
        {
            await sink.WriteAsync(output.WrittenMemory, cancellationToken);
        }
    }
}
