using System.Formats.Tar;
using System.IO.Compression;

namespace Sagebrush.Serving.Archives;

/// <summary>Unpacks <c>model.tar.gz</c> and <c>sourcedir.tar.gz</c> files, which come from users and are not trusted.</summary>
/// <remarks>
/// Nothing is ever written outside the target folder: names are relative and without <c>..</c>, no entry passes through
/// a link, and a link is made only if it leads to a place inside. Devices, sockets and pipes are refused.
/// </remarks>
public static class TarGzArchive
{
    private const UnixFileMode Kept =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Unpacks a gzip-compressed tar stream into a new or empty folder.</summary>
    /// <exception cref="InvalidArchiveException">The archive is damaged, unsafe or over the limits.</exception>
    /// <remarks>On failure the folder holds what was unpacked so far: the caller discards it.</remarks>
    public static async Task ExtractAsync(
        Stream archive, string directory, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(limits);
        var root = Path.GetFullPath(directory);
        Directory.CreateDirectory(root);
        try
        {
            await using var gzip = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
            await using var reader = new TarReader(gzip, leaveOpen: true);
            var budget = limits.MaximumBytes;
            var entries = 0;
            while (await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                if (++entries > limits.MaximumEntries)
                {
                    throw new InvalidArchiveException($"the archive has more than {limits.MaximumEntries} entries");
                }

                budget -= await ExtractAsync(entry, root, budget, limits, cancellationToken);
            }

            if (entries == 0)
            {
                throw new InvalidArchiveException("the archive is empty");
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or FormatException or PathTooLongException)
        {
            throw new InvalidArchiveException("the file is not a valid tar.gz archive", error);
        }
    }

    private static async Task<long> ExtractAsync(
        TarEntry entry, string root, long budget, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
        {
            return 0;
        }

        var parts = Split(entry.Name, entry.Name);
        if (parts.Length == 0)
        {
            return 0;
        }

        var path = Place(root, parts, entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                if (!Directory.Exists(path) || new DirectoryInfo(path).LinkTarget is not null)
                {
                    RefuseExisting(path, entry.Name);
                    Directory.CreateDirectory(path);
                }

                return 0;

            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                if (entry.Length > budget)
                {
                    throw new InvalidArchiveException($"the archive unpacks to more than {limits.MaximumBytes} bytes");
                }

                await WriteAsync(entry, path, cancellationToken);
                return entry.Length;

            case TarEntryType.SymbolicLink:
                CheckSymbolicLink(entry, parts.Length - 1);
                RefuseExisting(path, entry.Name);
                File.CreateSymbolicLink(path, entry.LinkName);
                return 0;

            case TarEntryType.HardLink:
                // A copy is as good as a second name, and leaves no two names for one file.
                var source = new FileInfo(Place(root, Split(entry.LinkName, entry.Name), entry.Name));
                if (!source.Exists || source.LinkTarget is not null)
                {
                    throw new InvalidArchiveException($"'{entry.Name}' links to '{entry.LinkName}', which is not a file in the archive");
                }

                if (source.Length > budget)
                {
                    throw new InvalidArchiveException($"the archive unpacks to more than {limits.MaximumBytes} bytes");
                }

                RefuseExisting(path, entry.Name);
                source.CopyTo(path);
                return source.Length;

            default:
                throw new InvalidArchiveException($"'{entry.Name}' is a {entry.EntryType}, which has no place in the archive");
        }
    }

    private static async Task WriteAsync(TarEntry entry, string path, CancellationToken cancellationToken)
    {
        RefuseExisting(path, entry.Name, replaceFile: true);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = (entry.Mode & Kept) | UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        if (entry.DataStream is { } data)
        {
            await data.CopyToAsync(file, cancellationToken);
        }
    }

    private static string[] Split(string name, string entryName)
    {
        if (name.Length == 0 || name.StartsWith('/') || name.Contains('\0') || (OperatingSystem.IsWindows() && name.IndexOfAny(['\\', ':']) >= 0))
        {
            throw new InvalidArchiveException($"'{entryName}' has a name that is not relative");
        }

        var parts = Array.FindAll(name.Split('/'), part => part is not ("" or "."));
        if (parts.Contains(".."))
        {
            throw new InvalidArchiveException($"'{entryName}' leads out of the archive");
        }

        return parts;
    }

    /// <summary>Makes the folders above an entry and returns its path; none of them may be a link.</summary>
    private static string Place(string root, string[] parts, string entryName)
    {
        var folder = root;
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            folder = Path.Join(folder, part);
            var info = new DirectoryInfo(folder);
            if (info.LinkTarget is not null || File.Exists(folder))
            {
                throw new InvalidArchiveException($"'{entryName}' lies under '{part}', which is not a folder");
            }

            info.Create();
        }

        return Path.Join(folder, parts[^1]);
    }

    /// <summary>
    /// A target may climb first and descend then: <c>../</c> at most as often as the link lies deep. As no folder above
    /// the link is itself a link, climbing stays inside; and every link met on the way down obeys the same rule.
    /// </summary>
    private static void CheckSymbolicLink(TarEntry entry, int depth)
    {
        var target = entry.LinkName.Split('/');
        var climbs = target.TakeWhile(part => part is ".." or "." or "").Count(part => part == "..");
        var all = target.Count(part => part == "..");
        if (entry.LinkName.Length == 0 || entry.LinkName.StartsWith('/') || climbs != all || climbs > depth)
        {
            throw new InvalidArchiveException($"'{entry.Name}' links to '{entry.LinkName}', which leads out of the archive");
        }
    }

    private static void RefuseExisting(string path, string entryName, bool replaceFile = false)
    {
        var info = new FileInfo(path);
        if (replaceFile && info.Exists && info.LinkTarget is null)
        {
            info.Delete();
        }
        else if (info.Exists || info.LinkTarget is not null || Directory.Exists(path))
        {
            throw new InvalidArchiveException($"'{entryName}' is in the archive twice");
        }
    }
}
