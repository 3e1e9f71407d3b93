namespace Sagebrush.Serving.Routing;

/// <summary>What of a request's headers is kept with it.</summary>
/// <param name="ContentType">What its body is.</param>
/// <param name="CustomAttributes">The caller's free text.</param>
/// <param name="InferenceId">The caller's own identifier.</param>
public readonly record struct CapturedRequest(string? ContentType, string? CustomAttributes, string? InferenceId);
