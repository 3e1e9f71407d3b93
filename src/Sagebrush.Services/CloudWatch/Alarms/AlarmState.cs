namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>The state an alarm is in.</summary>
/// <param name="Value">One of <see cref="Contracts.CloudWatch.StateValue"/>.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Since">When it came to the state.</param>
internal sealed record AlarmState(string Value, string Reason, DateTimeOffset Since)
{
    /// <summary>Whether what it watches is out of bounds.</summary>
    public bool IsAlarm => Value == Contracts.CloudWatch.StateValue.Alarm;
}
