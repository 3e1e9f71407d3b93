using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sagebrush.Compute.Jobs;

/// <summary>Pipes with a name in the file system, through which Pipe mode brings a job its data.</summary>
public static partial class NamedPipe
{
    private const int Bytes = 1 << 20;
    private const int SetPipeSize = 1031;
    private const int FileExists = 17;
    private const int Interrupted = 4;
    private const int InvalidArgument = 22;
    private const int BrokenPipe = 32;
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

    /// <summary>Puts the rest of a file into a pipe without a copy in the program: the pipe refers to the pages of the file's cache.</summary>
    /// <param name="file">Read from its position; nobody may change what has been read of it.</param>
    /// <param name="pipe">As <see cref="OpenToWrite"/> gives it.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SpliceResult Splice(FileStream file, FileStream pipe)
    {
        // Once: to ask a stream for its handle sets the file back to the stream's own position.
        var (from, to) = (file.SafeFileHandle, pipe.SafeFileHandle);
        var isBegun = false;
        nint moved;
        while ((moved = Splice(from, 0, to, 0, Bytes, 0)) != 0)
        {
            if (moved > 0)
            {
                isBegun = true;
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Interrupted:
                    break;
                case BrokenPipe:
                    return SpliceResult.Closed;
                case InvalidArgument when !isBegun:
                    return SpliceResult.Unsupported;
                case var error:
                    throw new IOException($"The file '{file.Name}' cannot be put into a pipe: {Marshal.GetPInvokeErrorMessage(error)}");
            }
        }

        return SpliceResult.Whole;
    }

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    private static partial nint Splice(SafeFileHandle from, nint fromOffset, SafeFileHandle to, nint toOffset, nint length, uint flags);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle handle, int command, int argument);
}
