namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>What became of a request.</summary>
/// <param name="Failure">Why there is no answer; null when there is one.</param>
/// <param name="Body">The answer, or the model's error.</param>
/// <param name="ContentType">What the answer is.</param>
internal readonly record struct AsyncOutcome(string? Failure, ReadOnlyMemory<byte> Body, string? ContentType);
