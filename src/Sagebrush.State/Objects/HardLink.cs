using System.Runtime.InteropServices;

namespace Sagebrush.State.Objects;

/// <summary>A second name for a file, where the file system has such a thing.</summary>
internal static class HardLink
{
    /// <summary>Gives <paramref name="source"/> the further name <paramref name="target"/>.</summary>
    /// <returns>False when the file system cannot: another volume, too many links, no links at all.</returns>
    /// <exception cref="FileNotFoundException">There is no such source.</exception>
    public static bool TryCreate(string source, string target)
    {
        var linked = OperatingSystem.IsWindows() ? CreateHardLinkW(target, source, 0) : Link(source, target) == 0;
        if (!linked && !File.Exists(source))
        {
            throw new FileNotFoundException(null, source);
        }

        return linked;
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target);

    [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CreateHardLinkW(string target, string source, nint security);
}
