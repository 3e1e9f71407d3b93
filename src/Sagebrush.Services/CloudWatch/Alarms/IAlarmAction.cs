namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Something alarms start when their state changes. Register one per kind of ARN.</summary>
internal interface IAlarmAction
{
    /// <summary>Whether the ARN is of this kind.</summary>
    bool Handles(string arn);

    /// <summary>Whether the action is started again every minute for as long as the state lasts, as scaling policies are.</summary>
    bool Repeats => false;

    /// <summary>Starts it. What throws is noted in the alarm's history and not tried again.</summary>
    /// <returns>False when what the ARN names is not there.</returns>
    ValueTask<bool> StartAsync(string arn, AlarmNotice notice, CancellationToken cancellationToken);
}
