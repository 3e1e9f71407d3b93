using Sagebrush.Compute.Jobs;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training.Input;

/// <summary>Brings a host its channels: as files, as pipes, or as a folder of a file system.</summary>
internal sealed class HostInput
{
    /// <summary>The job's objects.</summary>
    public required IObjectStore Objects { get; init; }

    /// <summary>The host's folder.</summary>
    public required JobFolder Folder { get; init; }

    /// <summary>The channels the host gets.</summary>
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>How channels come that do not say so themselves.</summary>
    public required string DefaultMode { get; init; }

    /// <summary>The host's number from 0, and how many there are.</summary>
    public required (int Index, int Count) Host { get; init; }

    /// <summary>Whether files may share their bytes with the store.</summary>
    public required bool AllowLinks { get; init; }

    /// <summary>The folders that stand for file systems, by their ids.</summary>
    public required IReadOnlyDictionary<string, string> FileSystems { get; init; }

    /// <summary>Whether the folders of file systems are mounted into the job's world, see <see cref="Mounts"/>; else links lead to them.</summary>
    public required bool MountsFolders { get; init; }

    /// <summary>Says that a place has no objects.</summary>
    public required Func<S3Location, string, TrainingFailureException> NoObjects { get; init; }

    /// <summary>The folder of what fills the host's pipes.</summary>
    public JobFolder Pipes => new(Path.Join(Folder.Path, "pipes"));

    /// <summary>The plan of what fills the host's pipes.</summary>
    public string PlanFile => Path.Join(Pipes.Path, "plan.json");

    /// <summary>Whether any channel comes through pipes.</summary>
    public bool HasPipes => Channels.Any(IsPiped);

    /// <summary>The channels that come as files of the host's own folder.</summary>
    public IEnumerable<string> Files => Channels.Where(channel => channel.DataSource.S3DataSource is not null && !IsPiped(channel)).Select(channel => channel.ChannelName);

    /// <summary>The host folders of channels that are file systems.</summary>
    /// <exception cref="TrainingFailureException">A file system is not known, or has no such folder.</exception>
    public IEnumerable<(string Channel, string Source, bool IsWritable)> Mounts => Channels
        .Where(channel => channel.DataSource.FileSystemDataSource is not null)
        .Select(channel => (channel.ChannelName, SourceOf(channel.DataSource.FileSystemDataSource!), channel.DataSource.FileSystemDataSource!.FileSystemAccessMode == FileSystemAccessMode.Rw));

    /// <summary>Fills the folders of the channels, and makes the first pipes; a second try begins anew.</summary>
    /// <param name="progress">Told how much of which channel is there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TrainingFailureException">Something the job names is not there, or not what it should be.</exception>
    public async Task StageAsync(Action<string, StageProgress> progress, CancellationToken cancellationToken)
    {
        List<PipeChannel> pipes = [];
        foreach (var channel in Channels)
        {
            var directory = Folder.Contract.Channel(channel.ChannelName);
            var told = new Told(channel.ChannelName, progress);
            if (channel.DataSource.S3DataSource is not { } source)
            {
                LinkFileSystem(channel, directory);
            }
            else if (IsPiped(channel))
            {
                Directory.Delete(directory);
                var plan = await StagePipeAsync(channel, source, directory, told, cancellationToken);
                NamedPipe.Make(PipeFeeder.PathOf(plan.Path, 0));
                pipes.Add(plan);
            }
            else
            {
                await StageAsync(ChannelObjects.Select(Objects, source, ShareOf(source)), source.S3Uri, directory, AllowLinks, told, cancellationToken);
            }
        }

        if (pipes.Count > 0)
        {
            new PipePlan(pipes).Save(PlanFile);
        }
    }

    /// <summary>Brings all objects under a prefix into a folder; none are no fault.</summary>
    public async Task StageOptionalAsync(string uri, string directory, CancellationToken cancellationToken)
    {
        var place = S3Location.Parse(uri);
        if (Objects.FindBucket(place.Bucket) is not null && Objects.List(new ListObjectsQuery { Bucket = place.Bucket, Prefix = place.Key, Limit = 1 }).Objects.Count > 0)
        {
            await StageAsync(new(place.Bucket, place.Key, null), uri, directory, allowLinks: false, null, cancellationToken);
        }
    }

    private bool IsPiped(Channel channel) => (channel.InputMode ?? DefaultMode) == TrainingInputMode.Pipe;

    private (int Index, int Count) ShareOf(S3DataSource source) => source.S3DataDistributionType == S3DataDistribution.ShardedByS3Key ? Host : (0, 1);

    private async Task<PipeChannel> StagePipeAsync(Channel channel, S3DataSource source, string path, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        var share = ShareOf(source);
        var seed = channel.ShuffleConfig?.Seed;
        var store = Path.Join(Pipes.Path, "data", channel.ChannelName);
        List<PipeEntry> entries;
        if (source.S3DataType == S3DataType.AugmentedManifestFile)
        {
            entries = await StageAttributesAsync(source, seed is null ? share : (0, 1), store, progress, cancellationToken);
        }
        else
        {
            var files = await StageAsync(ChannelObjects.Select(Objects, source, seed is null ? share : (0, 1)), source.S3Uri, store, allowLinks: true, progress, cancellationToken);
            entries = files.ConvertAll(file => new PipeEntry([new PipePart(file, null)]));
        }

        var isWrapped = channel.RecordWrapperType == RecordWrapper.RecordIO;
        if (isWrapped && entries.SelectMany(entry => entry.Parts).FirstOrDefault(part => part.File is not null && new FileInfo(part.File).Length >= 1 << 29) is { } large)
        {
            throw TrainingFailureException.Client(
                $"Data download failed: the object '{Path.GetFileName(large.File)}' of the channel '{channel.ChannelName}' is too large for a RecordIO record, which has less than 2^29 bytes.");
        }

        return new PipeChannel(path, entries)
        {
            IsWrapped = isWrapped,
            IsGzip = channel.CompressionType == CompressionType.Gzip,
            Seed = seed,
            HostCount = seed is null ? 1 : share.Count,
            HostIndex = seed is null ? 0 : share.Index,
        };
    }

    private async Task<List<PipeEntry>> StageAttributesAsync(
        S3DataSource source, (int Index, int Count) share, string store, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        var lines = AugmentedManifest.Read(Objects, S3Location.Parse(source.S3Uri), source.AttributeNames!).Where((_, i) => i % share.Count == share.Index).ToList();
        Dictionary<S3Location, string> files = [];
        var places = lines.SelectMany(line => line).Where(attribute => attribute.Object is not null).Select(attribute => attribute.Object!.Value).Distinct();
        foreach (var bucket in places.GroupBy(place => place.Bucket, StringComparer.Ordinal))
        {
            List<string> keys = [.. bucket.Select(place => place.Key)];
            var staged = await StageAsync(new(bucket.Key, "", keys), source.S3Uri, Path.Join(store, bucket.Key), allowLinks: true, progress, cancellationToken);
            foreach (var (key, file) in keys.Zip(staged))
            {
                files[new S3Location(bucket.Key, key)] = file;
            }
        }

        return lines.ConvertAll(line => new PipeEntry(
            [.. line.Select(attribute => attribute.Object is { } place ? new PipePart(files[place], null) : new PipePart(null, attribute.Text))]));
    }

    private async Task<List<string>> StageAsync(
        ObjectSelection selection, string uri, string directory, bool allowLinks, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        // What an earlier try brought may be half of it.
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
        if (selection.Keys is { Count: 0 })
        {
            // Of fewer objects than hosts, the last hosts get none: as with SageMaker, that is no fault, if there are any.
            var place = S3Location.Parse(uri);
            return Objects.FindBucket(place.Bucket) is null || Objects.List(new ListObjectsQuery { Bucket = place.Bucket, Prefix = place.Key, Limit = 1 }).Objects.Count == 0
                ? throw NoObjects(place, uri)
                : [];
        }

        try
        {
            var request = new StageRequest { Bucket = selection.Bucket, Prefix = selection.Prefix, Keys = selection.Keys, Folder = directory, AllowLinks = allowLinks };
            var staged = await Objects.StageAsync(request, progress, cancellationToken);
            return [.. staged.Files.Select(file => Path.Join(directory, file))];
        }
        catch (Exception exception) when (exception is StagingException { Error: StagingError.NoSuchKey } or ObjectStoreException { Error: ObjectStoreError.NoSuchBucket })
        {
            throw NoObjects(S3Location.Parse(uri), uri);
        }
        catch (StagingException exception)
        {
            throw TrainingFailureException.Client($"Data download failed: {exception.Message}");
        }
    }

    private void LinkFileSystem(Channel channel, string directory)
    {
        var source = SourceOf(channel.DataSource.FileSystemDataSource!);
        if (!MountsFolders)
        {
            Directory.Delete(directory);
            File.CreateSymbolicLink(directory, source);
        }
    }

    private string SourceOf(FileSystemDataSource source)
    {
        if (!FileSystems.TryGetValue(source.FileSystemId, out var root))
        {
            throw TrainingFailureException.Client(
                $"The file system '{source.FileSystemId}' is not known here. Start the server with --file-system {source.FileSystemId}=FOLDER to let a folder stand for it.");
        }

        if (source.DirectoryPath.Split('/').Contains(".."))
        {
            throw TrainingFailureException.Client($"The DirectoryPath '{source.DirectoryPath}' must not lead out of its file system.");
        }

        var folder = Path.Join(root, source.DirectoryPath);
        return Directory.Exists(folder)
            ? Path.TrimEndingDirectorySeparator(folder)
            : throw TrainingFailureException.Client($"The file system '{source.FileSystemId}' has no folder '{source.DirectoryPath}'.");
    }

    /// <summary>Passes progress on at once; <see cref="Progress{T}"/> would do it later and out of order.</summary>
    private sealed class Told(string channel, Action<string, StageProgress> tell) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => tell(channel, value);
    }
}
