namespace Sagebrush.Services.Hosting.Deployments;

/// <summary>A host without alarms.</summary>
internal sealed class NoAlarms : IAlarmStates
{
    public ValueTask<string?> FindAsync(string account, string region, string alarm, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}
