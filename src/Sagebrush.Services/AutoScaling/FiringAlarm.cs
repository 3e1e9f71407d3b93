namespace Sagebrush.Services.AutoScaling;

/// <summary>An alarm that is in the state <c>ALARM</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Threshold">Its threshold.</param>
/// <param name="Value">The metric's last value.</param>
internal sealed record FiringAlarm(string Name, double Threshold, double Value);
