namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>A datapoint an alarm looks at.</summary>
/// <param name="Time">When its period begins, in Unix seconds.</param>
/// <param name="Value">Its value.</param>
/// <param name="SampleCount">How many values it was made of; null when it comes from an expression.</param>
internal readonly record struct AlarmPoint(long Time, double Value, double? SampleCount);
