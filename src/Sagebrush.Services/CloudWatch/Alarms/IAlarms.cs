namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>The face of alarms to capabilities that act on them: roll-back of deployments, for example.</summary>
internal interface IAlarms
{
    /// <summary>The state of an alarm, metric or composite; null when there is none of the name.</summary>
    ValueTask<AlarmState?> FindAsync(string account, string region, string name, CancellationToken cancellationToken);
}
