using System.Runtime.InteropServices;

namespace Sagebrush.Compute.Execution;

/// <summary>The Linux calls the base library does not offer.</summary>
internal static partial class LinuxKernel
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public const int EIntr = 4;
    public const short PollIn = 1;

    public const uint InModify = 0x2;
    public const uint InOneShot = 0x80000000;
    private const int PunchHoleKeepSize = 0x2 | 0x1;

    // The same number on every architecture that .NET runs on.
    private const long PidFdOpenCall = 434;

    /// <summary>A handle that becomes readable when the process ends, whoever its parent is; -1 when there is no such process.</summary>
    public static int OpenProcess(int processId) => (int)SystemCall(PidFdOpenCall, processId, 0);

    /// <summary>Gives a range of a file's disk space back and keeps its length; file systems that cannot are left alone.</summary>
    public static void PunchHole(SafeHandle file, long offset, long length) => _ = FAllocate(file, PunchHoleKeepSize, offset, length);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll([In, Out] PollDescriptor[] descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int InotifyAddWatch(int inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, int first, uint second);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeHandle file, int mode, long offset, long length);

    /// <summary>The kernel's <c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
