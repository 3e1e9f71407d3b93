namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>A change of an alarm's state.</summary>
/// <param name="From">The state before.</param>
/// <param name="To">The state since.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="ReasonData">Why, as JSON.</param>
/// <param name="Time">When.</param>
internal sealed record AlarmTransition(string From, string To, string Reason, string? ReasonData, DateTimeOffset Time);
