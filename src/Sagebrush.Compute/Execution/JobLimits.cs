namespace Sagebrush.Compute.Execution;

/// <summary>What a job may use at most; null leaves a part unlimited.</summary>
/// <param name="CpuCount">Processors' worth of time.</param>
/// <param name="MemoryBytes">Memory in bytes; a job that needs more is killed and reported as out of memory.</param>
/// <param name="MaxProcesses">Processes and threads.</param>
public sealed record JobLimits(double? CpuCount, long? MemoryBytes, int? MaxProcesses)
{
    /// <summary>Files each process may have open.</summary>
    public int? MaxOpenFiles { get; init; }

    /// <summary>No limit.</summary>
    public static JobLimits None { get; } = new(null, null, null);
}
