namespace Sagebrush.State.Logs;

/// <summary>What names a log group.</summary>
/// <param name="Account">The twelve digits of the account.</param>
/// <param name="Region">For example <c>us-east-1</c>.</param>
/// <param name="Name">For example <c>/aws/sagemaker/TrainingJobs</c>; compared ordinally.</param>
public readonly record struct LogGroupKey(string Account, string Region, string Name)
{
    /// <summary>A stream of the group.</summary>
    public LogStreamKey Stream(string name) => new(this, name);
}
