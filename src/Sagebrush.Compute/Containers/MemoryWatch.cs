using System.Globalization;
using Sagebrush.Compute.Execution;

namespace Sagebrush.Compute.Containers;

/// <summary>
/// Sees the kernel kill for want of memory in a container's control group of version 1, where Podman does not tell. The kernel adds one to an event
/// descriptor for each time, and one more when the group goes.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly int _event;
    private readonly string _group;

    private MemoryWatch(int descriptor, string group) => (_event, _group) = (descriptor, group);

    /// <summary>Watches the group of a process; null where there is none of that version, or it is not ours to watch.</summary>
    public static MemoryWatch? TryStart(int processId)
    {
        try
        {
            if (FindGroup(processId) is not { } group)
            {
                return null;
            }

            var descriptor = LinuxKernel.EventFd(0, CloseOnExec | NonBlocking);
            if (descriptor < 0)
            {
                return null;
            }

            try
            {
                using var control = File.OpenHandle(Path.Join(group, "memory.oom_control"));
                using var events = new FileStream(Path.Join(group, "cgroup.event_control"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
                events.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{descriptor} {control.DangerousGetHandle()}")));
                return new MemoryWatch(descriptor, group);
            }
            catch
            {
                _ = LinuxKernel.Close(descriptor);
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether the kernel has killed in the group.</summary>
    public bool HasKilled()
    {
        Span<byte> count = stackalloc byte[8];
        var times = LinuxKernel.Read(_event, count, 8) == 8 ? BitConverter.ToInt64(count) : 0;
        return times > (Directory.Exists(_group) ? 0 : 1);
    }

    public void Dispose() => _ = LinuxKernel.Close(_event);

    private static string? FindGroup(int processId)
    {
        var path = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cgroup"))
            .Select(line => line.Split(':', 3))
            .FirstOrDefault(parts => parts.Length == 3 && parts[1].Split(',').Contains("memory"))?[2];
        var mount = File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(" - ", 2))
            .FirstOrDefault(halves => halves.Length == 2 && halves[1].StartsWith("cgroup ", StringComparison.Ordinal) && halves[1].Split(' ')[^1].Split(',').Contains("memory"))?[0].Split(' ')[4];
        return path is null || mount is null || path == "/" ? null : mount + path;
    }
}
