namespace Sagebrush.State.Objects;

public sealed partial class FolderObjectStore
{
    private const UnixFileMode StagedMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const int CopyBufferSize = 1024 * 1024;

    /// <inheritdoc/>
    public Task<StagedObjects> StageAsync(
        StageRequest request, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => StageCoreAsync(request, progress, cancellationToken), cancellationToken);

    private async Task<StagedObjects> StageCoreAsync(StageRequest request, IProgress<StageProgress>? progress, CancellationToken cancellationToken)
    {
        var plan = Plan(request, cancellationToken);
        var root = Path.GetFullPath(request.Folder);
        Directory.CreateDirectory(root);
        foreach (var folder in plan.Folders)
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        var (done, bytes) = (0, 0L);
        var made = "";
        progress?.Report(new(done, plan.Files.Count, bytes, plan.Bytes));
        foreach (var (key, _, path) in plan.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = Path.Combine(root, path);
            if (Path.GetDirectoryName(target) is { } parent && parent != made)
            {
                Directory.CreateDirectory(parent);
                made = parent;
            }

            var before = bytes;
            bytes += await StageOneAsync(
                request, key, target, copied => progress?.Report(new(done, plan.Files.Count, before + copied, plan.Bytes)), cancellationToken);
            done++;
            progress?.Report(new(done, plan.Files.Count, bytes, plan.Bytes));
        }

        return new([.. plan.Files.Select(file => file.Path)], bytes);
    }

    private StagingPlan Plan(StageRequest request, CancellationToken cancellationToken)
    {
        var plan = new StagingPlan(request.Bucket, request.Prefix);
        if (request.Keys is { } keys)
        {
            foreach (var key in keys)
            {
                if (!key.StartsWith(request.Prefix, StringComparison.Ordinal))
                {
                    throw new ArgumentException($"The key '{key}' does not begin with '{request.Prefix}'.", nameof(request));
                }

                plan.Add(key, FindObject(request.Bucket, key)?.Size ?? throw Missing(request.Bucket, key));
            }

            return plan;
        }

        var query = new ListObjectsQuery { Bucket = request.Bucket, Prefix = request.Prefix };
        var any = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = List(query);
            foreach (var entry in page.Objects)
            {
                plan.Add(entry.Key, entry.Size);
                any = true;
            }

            if (page.Next is null)
            {
                return any ? plan : throw new StagingException(
                    StagingError.NoSuchKey, request.Prefix, $"No objects found under 's3://{request.Bucket}/{request.Prefix}'.");
            }

            query = query with { After = page.Next };
        }
    }

    private async Task<long> StageOneAsync(StageRequest request, string key, string target, Action<long> copied, CancellationToken cancellationToken)
    {
        ObjectReader reader;
        try
        {
            reader = Open(request.Bucket, key);
        }
        catch (ObjectStoreException exception) when (exception.Error == ObjectStoreError.NoSuchKey)
        {
            throw Missing(request.Bucket, key);
        }
        catch (ObjectStoreException exception) when (exception.Error == ObjectStoreError.InvalidRequest)
        {
            throw new StagingException(
                StagingError.Encrypted, key, $"The object 's3://{request.Bucket}/{key}' is encrypted with a key that only the client who put it has.");
        }

        using (reader)
        {
            var content = reader.Info.Content;
            if (!request.AllowLinks || content.Layout != ContentLayout.File || !_folder.TryLinkTo(request.Bucket, content.Id, target))
            {
                await CopyAsync(reader, target, copied, cancellationToken);
            }

            return reader.Info.Size;
        }
    }

    private static async Task CopyAsync(ObjectReader reader, string target, Action<long> copied, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(target, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        });
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file.SafeFileHandle, StagedMode);
        }

        var buffer = new byte[(int)Math.Clamp(reader.Info.Size, 1, CopyBufferSize)];
        for (var offset = 0L; offset < reader.Info.Size;)
        {
            var read = await reader.ReadAsync(offset, buffer, cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"The object '{reader.Info.Key}' is shorter than the index says.");
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            offset += read;
            copied(offset);
        }
    }

    private static StagingException Missing(string bucket, string key) =>
        new(StagingError.NoSuchKey, key, $"There is no object 's3://{bucket}/{key}'.");
}
