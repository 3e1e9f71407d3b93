namespace Sagebrush.Services.CloudWatch.Utilization;

/// <summary>A value a job has printed.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Value">The value; finite.</param>
/// <param name="Time">When it was printed.</param>
internal readonly record struct JobMetricValue(string Name, double Value, DateTimeOffset Time);
