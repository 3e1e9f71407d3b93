using System.Buffers;

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
}
