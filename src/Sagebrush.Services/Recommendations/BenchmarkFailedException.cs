namespace Sagebrush.Services.Recommendations;

/// <summary>A load test could not be carried out; the message is its failure reason.</summary>
internal sealed class BenchmarkFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
