namespace Sagebrush.Compute.Capacity;

/// <summary>What this machine offers to jobs.</summary>
public static class MachineCapacity
{
    /// <summary>
    /// Counts processors, memory and NVIDIA GPUs. Limits that the operating system or a container puts on this process are respected.
    /// </summary>
    public static ComputeResources Detect()
    {
        const string NvidiaDevices = "/proc/driver/nvidia/gpus";
        var gpus = Directory.Exists(NvidiaDevices) ? Directory.GetDirectories(NvidiaDevices).Length : 0;
        return new(Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, gpus);
    }
}
