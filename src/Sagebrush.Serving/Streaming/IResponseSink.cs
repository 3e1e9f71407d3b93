namespace Sagebrush.Serving.Streaming;

/// <summary>Receives an answer in parts, while the model is still making it.</summary>
/// <remarks>Calls do not overlap.</remarks>
public interface IResponseSink
{
    /// <summary>Tells what comes with the answer; called once, before the first part.</summary>
    void Begin(in InvocationResult result);

    /// <summary>Takes the next part, which is not touched afterwards.</summary>
    /// <returns>Completes when the receiver is ready for more: the model is slowed down to its pace.</returns>
    /// <exception cref="OperationCanceledException">The receiver is gone.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> part, CancellationToken cancellationToken);
}
