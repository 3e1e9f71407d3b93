using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sagebrush.Compute.Jobs;

/// <summary>Pipes with a name in the file system, through which Pipe mode brings a job its data.</summary>
public static partial class NamedPipe
{
    private const int Bytes = 1 << 20;
    private const int SetPipeSize = 1031;
    private const int FileExists = 17;
    private const int ReadableByAll = 0x1A4;

    /// <summary>Makes a pipe that its owner writes and everybody may read, unless it is there.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void Make(string path)
    {
        if (MakeFifo(path, ReadableByAll) != 0 && Marshal.GetLastPInvokeError() is not FileExists and var error)
        {
            throw new IOException($"The pipe '{path}' cannot be made: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    /// <summary>Opens a pipe to write into; waits until somebody opens it to read.</summary>
    public static FileStream OpenToWrite(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);

        // Fewer, larger turns between writer and reader; where it is not allowed, the pipe stays as it is.
        _ = Control(handle, SetPipeSize, Bytes);
        return new FileStream(handle, FileAccess.Write, bufferSize: 0);
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, int command, int argument);
}
