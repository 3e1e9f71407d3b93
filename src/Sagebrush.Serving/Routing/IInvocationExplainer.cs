using System.Buffers;

namespace Sagebrush.Serving.Routing;

/// <summary>Stands between callers and a model: asks the model for them, and explains what it answered.</summary>
public interface IInvocationExplainer
{
    /// <summary>Answers a request with the model's predictions and their explanations.</summary>
    /// <param name="server">The model, which is asked more than once.</param>
    /// <param name="request">The request; its body is not read after the call has completed.</param>
    /// <param name="output">Where the answer goes; nothing is written when the call fails.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelInvocationException">The model or the explainer refused the request, failed, or took too long.</exception>
    ValueTask<InvocationResult> ExplainAsync(IModelServer server, Invocation request, IBufferWriter<byte> output, CancellationToken cancellationToken);
}
