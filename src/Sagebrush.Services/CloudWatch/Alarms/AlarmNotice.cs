using Sagebrush.State.Resources;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>What an action learns of the alarm that starts it.</summary>
/// <param name="Alarm">The alarm.</param>
/// <param name="Arn">Its ARN.</param>
/// <param name="Document">Its definition and state.</param>
/// <param name="Transition">The change of state.</param>
internal sealed record AlarmNotice(ResourceKey Alarm, string Arn, AlarmDocument Document, AlarmTransition Transition);
