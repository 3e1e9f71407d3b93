namespace Sagebrush.Compute.Execution;

/// <summary>What processes have used of the machine.</summary>
/// <param name="Cpu">Processor time so far, of all processors together, that of ended children included.</param>
/// <param name="MemoryBytes">Memory resident now; pages that several share count for each.</param>
public readonly record struct ProcessUsage(TimeSpan Cpu, long MemoryBytes)
{
    /// <summary>The sum over processes; those that have ended are left out.</summary>
    public static ProcessUsage Of(IEnumerable<int> processes)
    {
        ArgumentNullException.ThrowIfNull(processes);
        var sum = default(ProcessUsage);
        foreach (var id in processes)
        {
            if (ProcessEntry.TryReadUsage(id) is { } usage)
            {
                sum = new ProcessUsage(sum.Cpu + usage.Cpu, sum.MemoryBytes + usage.MemoryBytes);
            }
        }

        return sum;
    }
}
