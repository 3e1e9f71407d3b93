using System.Buffers;

namespace Sagebrush.Serving.Routing;

/// <summary>Keeps what goes into a variant and what comes out of it. Calls never wait.</summary>
public interface IInvocationCapture
{
    /// <summary>Decides for one request whether it is among the sampled ones.</summary>
    bool Samples();

    /// <summary>Takes copies of a request and its answer; what cannot be held in time is counted instead.</summary>
    /// <param name="request">The request; its body is valid during the call only.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="result">What came with the answer.</param>
    /// <param name="answer">The answer's body, valid during the call only.</param>
    void Record(in CapturedRequest request, ReadOnlySequence<byte> body, in InvocationResult result, ReadOnlySpan<byte> answer);
}
