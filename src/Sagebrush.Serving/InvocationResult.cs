namespace Sagebrush.Serving;

/// <summary>What came with a response's body.</summary>
/// <param name="ContentType">What the body is.</param>
/// <param name="CustomAttributes">Free text the model passes back, if any.</param>
public readonly record struct InvocationResult(string ContentType, string? CustomAttributes = null);
