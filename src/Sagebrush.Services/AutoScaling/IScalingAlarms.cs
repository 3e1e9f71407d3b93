namespace Sagebrush.Services.AutoScaling;

/// <summary>What autoscaling needs of CloudWatch's alarms.</summary>
internal interface IScalingAlarms
{
    /// <summary>The alarms in the state <c>ALARM</c> whose actions name a policy.</summary>
    ValueTask<IReadOnlyList<FiringAlarm>> FiringAsync(string account, string region, string policyArn, CancellationToken cancellationToken);

    /// <summary>Makes or replaces an alarm of target tracking.</summary>
    /// <returns>Its ARN; null when there are no alarms in this host.</returns>
    ValueTask<string?> PutAsync(string account, string region, TrackingAlarm alarm, CancellationToken cancellationToken);

    /// <summary>Deletes alarms.</summary>
    ValueTask DeleteAsync(string account, string region, IReadOnlyList<string> names, CancellationToken cancellationToken);
}
