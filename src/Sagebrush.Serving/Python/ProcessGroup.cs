using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sagebrush.Serving.Python;

/// <summary>Ends a process with everything it started.</summary>
internal static partial class ProcessGroup
{
    private const int SigKill = 9;

    public static void Kill(Process leader, int processId)
    {
        try
        {
            // By parentage, which also finds children that left the group, …
            leader.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It is gone already; what it left behind is found next.
        }

        if (!OperatingSystem.IsWindows())
        {
            // … then by group, which also finds orphans. A worker leads a session, hence a group, of its own.
            _ = SendSignal(-processId, SigKill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
