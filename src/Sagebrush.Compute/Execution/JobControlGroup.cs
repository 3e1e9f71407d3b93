using System.Globalization;

namespace Sagebrush.Compute.Execution;

/// <summary>The control group of one run: limits its processes, knows them all, and tells when memory ran out.</summary>
internal sealed class JobControlGroup(int version, IReadOnlyDictionary<string, string> directories)
{
    private const int PeriodMicroseconds = 100_000;

    /// <summary>The files a process writes <c>0</c> to in order to join.</summary>
    public IReadOnlyList<string> JoinFiles { get; } = [.. directories.Values.Distinct().Select(directory => Path.Join(directory, "cgroup.procs"))];

    /// <summary>The file whose <c>oom_kill</c> line counts processes killed for want of memory; null without the memory controller.</summary>
    public string? MemoryEventsFile { get; } =
        directories.TryGetValue("memory", out var memory) ? Path.Join(memory, version == 1 ? "memory.oom_control" : "memory.events") : null;

    /// <summary>Makes the group and sets its limits.</summary>
    public void Create(JobLimits limits)
    {
        foreach (var directory in directories.Values)
        {
            Directory.CreateDirectory(directory);
        }

        if (limits.MemoryBytes is { } memory)
        {
            Set("memory", version == 1 ? "memory.limit_in_bytes" : "memory.max", Text(memory));
            Set("memory", version == 1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max", version == 1 ? Text(memory) : "0");
        }

        if (limits.CpuCount is { } cpus)
        {
            var quota = Text((long)(cpus * PeriodMicroseconds));
            Set("cpu", version == 1 ? "cpu.cfs_quota_us" : "cpu.max", version == 1 ? quota : $"{quota} {PeriodMicroseconds}");
        }

        if (limits.MaxProcesses is { } processes)
        {
            Set("pids", "pids.max", Text(processes));
        }
    }

    /// <summary>Every process in the group.</summary>
    public HashSet<int> Processes()
    {
        HashSet<int> processes = [];
        foreach (var file in JoinFiles)
        {
            try
            {
                processes.UnionWith(File.ReadLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
            }
            catch (IOException)
            {
                // The group is gone already.
            }
        }

        return processes;
    }

    /// <summary>Removes the group once it is empty; harmless when it is not there.</summary>
    public void Remove()
    {
        foreach (var directory in directories.Values.Distinct())
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (IOException)
            {
                // Not there, or a process is about to leave it: an empty group costs nothing.
            }
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private void Set(string controller, string file, string value)
    {
        // Kernels without swap accounting lack the swap limit's file.
        if (directories.TryGetValue(controller, out var directory) && Path.Join(directory, file) is var path && File.Exists(path))
        {
            File.WriteAllText(path, value);
        }
    }
}
