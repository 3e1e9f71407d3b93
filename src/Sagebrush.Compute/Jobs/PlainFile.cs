using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sagebrush.Compute.Jobs;

/// <summary>Opens files that a job left, which may be anything: opening a pipe as usual would wait for ever.</summary>
public static partial class PlainFile
{
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary>Opens a file for reading; null when there is none, or when it is a link, folder, pipe, socket or device.</summary>
    public static FileStream? TryOpen(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists || info.LinkTarget is not null)
        {
            return null;
        }

        var handle = new SafeFileHandle(Open(path, ReadOnly | NonBlocking | CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid)
        {
            handle.Dispose();
            return null;
        }

        var file = new FileStream(handle, FileAccess.Read);
        if (file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
