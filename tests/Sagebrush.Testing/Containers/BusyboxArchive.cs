using System.Formats.Tar;

namespace Sagebrush.Testing.Containers;

/// <summary>The files of a small image, as an archive.</summary>
internal static class BusyboxArchive
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] Folders = ["bin", "dev", "etc", "opt", "opt/ml", "proc", "sys", "tmp"];

    private static readonly string[] Applets =
        ["sh", "cat", "chmod", "cp", "date", "echo", "env", "false", "head", "hostname", "httpd", "id", "ls", "mkdir", "mv", "nc", "printf", "rm", "sed", "sleep", "tail", "tee", "touch", "true", "uname", "wc", "wget"];

    public static async Task WriteAsync(string path, string busybox, IReadOnlyDictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(File.Create(path), TarEntryFormat.Pax);
        foreach (var folder in Folders)
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder + "/") { Mode = Executable }, cancellationToken);
        }

        await AddAsync(writer, "bin/busybox", await File.ReadAllBytesAsync(busybox, cancellationToken), cancellationToken);
        foreach (var applet in Applets)
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox", Mode = Executable }, cancellationToken);
        }

        await AddAsync(writer, "etc/passwd", "root:x:0:0:root:/:/bin/sh\n"u8.ToArray(), cancellationToken);
        await AddAsync(writer, "etc/group", "root:x:0:\n"u8.ToArray(), cancellationToken);
        foreach (var (name, content) in files)
        {
            await AddAsync(writer, name, content, cancellationToken);
        }
    }

    private static async Task AddAsync(TarWriter writer, string name, byte[] content, CancellationToken cancellationToken)
    {
        using var data = new MemoryStream(content);
        await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = Executable, DataStream = data }, cancellationToken);
    }
}
