using System.Buffers;

namespace Sagebrush.Algorithms;

/// <summary>A loaded model that answers prediction requests as SageMaker's container for its algorithm does.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
public interface IInferenceModel
{
    /// <summary>Answers one request.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="contentType">The request's content type, parameters allowed.</param>
    /// <param name="accept">The types the answer may have; null, empty or <c>*/*</c> for the algorithm's default.</param>
    /// <param name="output">Receives the answer's body. Nothing is written when the call throws.</param>
    /// <returns>The answer's content type.</returns>
    /// <exception cref="InferenceInputException">The request is at fault.</exception>
    string Predict(ReadOnlySpan<byte> body, string? contentType, string? accept, IBufferWriter<byte> output);
}
