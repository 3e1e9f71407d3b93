namespace Sagebrush.Services.AutoScaling;

/// <summary>An alarm that shows what target tracking looks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">Says whose it is.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Threshold">Where it goes off.</param>
/// <param name="IsHigh">Whether above the threshold; else below.</param>
/// <param name="Periods">The periods in a row it takes.</param>
/// <param name="PolicyArn">The policy it is for.</param>
internal sealed record TrackingAlarm(
    string Name, string Description, ScalingMetric Metric, double Threshold, bool IsHigh, int Periods, string PolicyArn);
