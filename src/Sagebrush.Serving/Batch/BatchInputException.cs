namespace Sagebrush.Serving.Batch;

/// <summary>A file cannot be transformed because of what it holds, or because of what the model made of it.</summary>
/// <param name="message">What is wrong, fit for the job's log.</param>
/// <param name="innerException">What lay behind it, if anything.</param>
public sealed class BatchInputException(string message, Exception? innerException = null) : Exception(message, innerException);
