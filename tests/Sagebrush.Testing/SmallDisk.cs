using System.ComponentModel;
using System.Diagnostics;

namespace Sagebrush.Testing;

/// <summary>A disk of a few megabytes, to be filled. Only root can make one.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder;

    private SmallDisk(TemporaryFolder folder) => _folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Path => _folder["disk"];

    private string Filler => System.IO.Path.Join(Path, "other");

    /// <summary>Makes a disk; null where that is not allowed (the test should then skip).</summary>
    /// <param name="megabytes">How much it holds.</param>
    public static SmallDisk? TryMake(int megabytes)
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["disk"]);
        if (TryRun("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "none", folder["disk"]))
        {
            return new SmallDisk(folder);
        }

        folder.Dispose();
        return null;
    }

    /// <summary>Somebody else takes every block there is.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Empty() => File.Delete(Filler);

    /// <summary>Takes the disk away, with all that is on it.</summary>
    public void Dispose()
    {
        TryRun("umount", "-l", Path);
        _folder.Dispose();
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
