namespace Sagebrush.Services.Hosting.Capture;

/// <summary>A request and its answer on their way to S3.</summary>
/// <param name="Time">When it was answered.</param>
/// <param name="ContentType">What the request was.</param>
/// <param name="Input">The request's body; null when inputs are not kept.</param>
/// <param name="AnswerType">What the answer was.</param>
/// <param name="Output">The answer's body; null when outputs are not kept.</param>
/// <param name="CustomAttributes">The caller's free text.</param>
/// <param name="InferenceId">The caller's own identifier.</param>
internal sealed record CaptureRecord(
    DateTimeOffset Time, string? ContentType, byte[]? Input, string AnswerType, byte[]? Output, string? CustomAttributes, string? InferenceId)
{
    /// <summary>Bytes it holds.</summary>
    public int Bytes => (Input?.Length ?? 0) + (Output?.Length ?? 0);
}
