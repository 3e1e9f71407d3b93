namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>What deployments ask of CloudWatch: the state an alarm is in.</summary>
internal interface IAlarmStates
{
    /// <summary>The state of an alarm: <c>OK</c>, <c>ALARM</c> or <c>INSUFFICIENT_DATA</c>; null when there is no such alarm.</summary>
    ValueTask<string?> FindAsync(string account, string region, string alarm, CancellationToken cancellationToken);
}
