namespace Sagebrush.State.Logs;

/// <summary>What names a log stream.</summary>
/// <param name="Group">The group it is in.</param>
/// <param name="Name">For example <c>my-job/algo-1-1700000000</c>; compared ordinally.</param>
public readonly record struct LogStreamKey(LogGroupKey Group, string Name);
