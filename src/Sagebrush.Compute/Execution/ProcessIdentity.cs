using System.Globalization;

namespace Sagebrush.Compute.Execution;

/// <summary>A process that no other is mistaken for: numbers are used again, but not with the same start in the same boot.</summary>
/// <param name="Id">The process number.</param>
/// <param name="StartTicks">When it started, in the kernel's ticks since the boot.</param>
/// <param name="BootId">The boot it belongs to.</param>
internal readonly record struct ProcessIdentity(int Id, long StartTicks, string BootId)
{
    /// <summary>This machine's boot.</summary>
    public static string CurrentBootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Whether the process still runs; one that ended and was not yet reaped does not.</summary>
    public bool IsAlive =>
        BootId == CurrentBootId && ProcessEntry.TryRead(Id) is { } entry && entry.StartTicks == StartTicks && entry.State is not ('Z' or 'X');

    /// <summary>Reads the line that the supervisor leaves in the run's folder; null when it is not whole.</summary>
    public static ProcessIdentity? Parse(string line) =>
        line.Trim().Split(' ') is [var id, var start, var boot]
        && int.TryParse(id, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(start, CultureInfo.InvariantCulture, out var ticks)
            ? new ProcessIdentity(number, ticks, boot)
            : null;
}
