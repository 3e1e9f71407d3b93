using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Sagebrush.Serving.Python;

/// <summary>Ends a process with everything it started.</summary>
internal static partial class ProcessGroup
{
    /// <summary>SIGUSR1, which a worker takes as the word to end the answer it is giving.</summary>
    public static int StopAnswering => OperatingSystem.IsMacOS() ? 30 : 10;

    /// <summary>SIGUSR2, which a worker takes as the word to send the answers it has and to hand back what it has not begun.</summary>
    public static int HandBack => OperatingSystem.IsMacOS() ? 31 : 12;

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

    /// <summary>Sends a signal to one process; nothing happens when it is gone.</summary>
    public static void Signal(int processId, int signal)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SendSignal(processId, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
