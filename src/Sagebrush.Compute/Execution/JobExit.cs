namespace Sagebrush.Compute.Execution;

/// <summary>How a job's command ended.</summary>
/// <param name="ExitCode">Its exit code, 128 plus the signal's number if a signal ended it; null when nobody was there to see it, as after a crash of the machine.</param>
/// <param name="OutOfMemory">Whether the memory limit made the system kill a process of the job.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
public sealed record JobExit(int? ExitCode, bool OutOfMemory, DateTimeOffset StartedAt, DateTimeOffset EndedAt);
