using Sagebrush.Services.CloudWatch.Alarms;

namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>The states of CloudWatch's alarms.</summary>
internal sealed class CloudWatchAlarmStates(IAlarms alarms) : IAlarmStates
{
    public async ValueTask<string?> FindAsync(string account, string region, string alarm, CancellationToken cancellationToken) =>
        (await alarms.FindAsync(account, region, alarm, cancellationToken))?.Value;
}
