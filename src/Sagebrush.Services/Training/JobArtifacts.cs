using System.Formats.Tar;
using System.IO.Compression;
using System.IO.Pipelines;
using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training;

/// <summary>Puts away what a job leaves: its model, its other output, its checkpoints.</summary>
internal sealed class JobArtifacts(IObjectStore objects)
{
    private static readonly ContentOptions Unlimited = new() { MaxBytes = long.MaxValue };

    /// <summary>Where a job's model goes.</summary>
    public static string ModelUri(OutputDataConfig output, string jobName) =>
        Below(output, jobName, IsPacked(output) ? "model.tar.gz" : "model/").ToString();

    /// <summary>Puts folders under <c>JOB/output</c>: packed as NAME.tar.gz, or file by file when the job wants no compression.</summary>
    /// <remarks>What several hosts left becomes one; where they left files of one name, the first host's is kept.</remarks>
    public async Task UploadAsync(OutputDataConfig output, string jobName, string name, IReadOnlyList<string> directories, CancellationToken cancellationToken)
    {
        if (IsPacked(output))
        {
            await PutAsync(Below(output, jobName, $"{name}.tar.gz"), content => PackAsync(directories, content, cancellationToken), cancellationToken);
        }
        else
        {
            await UploadFilesAsync(Below(output, jobName, name), directories, cancellationToken);
        }
    }

    /// <summary>Puts every file of some folders under a prefix.</summary>
    public async Task UploadFilesAsync(S3Location prefix, IReadOnlyList<string> directories, CancellationToken cancellationToken)
    {
        foreach (var (file, name) in Entries(directories).Where(entry => entry.Entry is FileInfo))
        {
            await using var content = PlainFile.TryOpen(file.FullName);
            if (content is null)
            {
                continue;
            }

            using var pending = await objects.WriteAsync(content, Unlimited, cancellationToken);
            var place = prefix.Below(name);
            await objects.PutAsync(new ObjectTarget { Bucket = place.Bucket, Key = place.Key }, pending, cancellationToken);
        }
    }

    /// <summary>Writes folders as one tar.gz. The same files make the same bytes: in order of their names, without times and owners.</summary>
    public static async Task PackAsync(IReadOnlyList<string> directories, Stream output, CancellationToken cancellationToken)
    {
        await using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var (file, name) in Entries(directories))
        {
            var type = file switch
            {
                { LinkTarget: not null } => TarEntryType.SymbolicLink,
                DirectoryInfo => TarEntryType.Directory,
                _ => TarEntryType.RegularFile,
            };
            var entry = new GnuTarEntry(type, type == TarEntryType.Directory ? name + "/" : name) { ModificationTime = DateTimeOffset.UnixEpoch };
            if (type == TarEntryType.SymbolicLink)
            {
                entry.LinkName = file.LinkTarget!;
            }

            // What a program may have left beside files, folders and links (sockets, pipes) is nothing to keep.
            await using var content = type == TarEntryType.RegularFile ? PlainFile.TryOpen(file.FullName) : null;
            if (type == TarEntryType.RegularFile && content is null)
            {
                continue;
            }

            entry.Mode = Mode(file, type);
            if (content is not null)
            {
                entry.DataStream = content;
            }

            await tar.WriteEntryAsync(entry, cancellationToken);
        }
    }

    // A folder comes before what is in it, and that before names that merely begin alike.
    private static IEnumerable<(FileSystemInfo Entry, string Name)> Entries(IReadOnlyList<string> directories) => directories
        .Where(Directory.Exists)
        .SelectMany(directory => Walk(new DirectoryInfo(directory)).Select(entry => (Entry: entry, Name: Path.GetRelativePath(directory, entry.FullName))))
        .DistinctBy(entry => entry.Name, StringComparer.Ordinal)
        .OrderBy(entry => entry.Name.Replace('/', '\0'), StringComparer.Ordinal);

    private static IEnumerable<FileSystemInfo> Walk(DirectoryInfo directory)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            yield return entry;
            if (entry is DirectoryInfo { LinkTarget: null } inner)
            {
                foreach (var deeper in Walk(inner))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static UnixFileMode Mode(FileSystemInfo file, TarEntryType type)
    {
        const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var executable = type == TarEntryType.Directory
            || (type == TarEntryType.RegularFile && !OperatingSystem.IsWindows() && (file.UnixFileMode & UnixFileMode.UserExecute) != 0);
        return type == TarEntryType.SymbolicLink || executable ? Readable | Executable : Readable;
    }

    private static bool IsPacked(OutputDataConfig output) => output.CompressionType != OutputCompressionType.None;

    private static S3Location Below(OutputDataConfig output, string jobName, string name) =>
        S3Location.Parse(output.S3OutputPath).Below($"{jobName}/output/{name}");

    private async Task PutAsync(S3Location place, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        var writing = Task.Run(
            async () =>
            {
                try
                {
                    await using (var stream = pipe.Writer.AsStream(leaveOpen: true))
                    {
                        await write(stream);
                    }

                    await pipe.Writer.CompleteAsync();
                }
                catch (Exception exception)
                {
                    // The reader gets it as its own: an archive cut short must not become an object.
                    await pipe.Writer.CompleteAsync(exception);
                    throw;
                }
            },
            cancellationToken);
        try
        {
            await using var reading = pipe.Reader.AsStream();
            using var pending = await objects.WriteAsync(reading, Unlimited, cancellationToken);
            await objects.PutAsync(new ObjectTarget { Bucket = place.Bucket, Key = place.Key }, pending, cancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
