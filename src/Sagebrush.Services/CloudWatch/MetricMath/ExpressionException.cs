namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>A metric math expression cannot be read or worked out; the message says why, for the caller.</summary>
internal sealed class ExpressionException(string message) : Exception(message);
