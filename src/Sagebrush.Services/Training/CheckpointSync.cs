using Microsoft.Extensions.Logging;
using Sagebrush.Compute.Jobs;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training;

/// <summary>Brings a job's checkpoints to S3 while it runs: each file whole or not at all, and only what has changed.</summary>
/// <remarks>
/// What the job deletes stays in S3, as SageMaker keeps it. Not thread-safe: the last pass comes after <see cref="RunAsync"/> has ended.
/// </remarks>
internal sealed partial class CheckpointSync(IObjectStore objects, S3Location place, IReadOnlyList<string> folders, TimeSpan interval, TimeProvider clock, ILogger logger)
{
    private static readonly ContentOptions Unlimited = new() { MaxBytes = long.MaxValue };

    private readonly Dictionary<string, (long Length, DateTime Written)> _stored = new(StringComparer.Ordinal);

    /// <summary>Takes what is there now as what S3 has: it was just brought from there.</summary>
    public void Prime()
    {
        foreach (var (file, _) in Files())
        {
            _stored[file.FullName] = (file.Length, file.LastWriteTimeUtc);
        }
    }

    /// <summary>Syncs again and again until it is cancelled. A pass that fails is made up for by the next.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(interval, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await SyncAsync(stillWritten: true, cancellationToken);
            }
            catch (Exception exception) when (exception is IOException or ObjectStoreException or UnauthorizedAccessException)
            {
                LogFailedPass(exception, place.ToString());
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Brings every file that has changed since it was last brought.</summary>
    /// <param name="stillWritten">Whether the job may write while its files are read: what changes meanwhile is left to a later pass.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SyncAsync(bool stillWritten, CancellationToken cancellationToken)
    {
        foreach (var (file, name) in Files())
        {
            var seen = (file.Length, file.LastWriteTimeUtc);
            if (_stored.GetValueOrDefault(file.FullName) == seen)
            {
                continue;
            }

            await using var content = PlainFile.TryOpen(file.FullName);
            if (content is null)
            {
                continue;
            }

            using var pending = await objects.WriteAsync(content, Unlimited, cancellationToken);
            file.Refresh();
            if (stillWritten && (!file.Exists || (file.Length, file.LastWriteTimeUtc) != seen))
            {
                continue;
            }

            var target = place.Below(name);
            await objects.PutAsync(new ObjectTarget { Bucket = target.Bucket, Key = target.Key }, pending, cancellationToken);
            _stored[file.FullName] = seen;
        }
    }

    private List<(FileInfo File, string Name)> Files()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        return
        [
            .. from folder in folders
               where Directory.Exists(folder)
               from path in Directory.EnumerateFiles(folder, "*", options)
               let file = new FileInfo(path)
               where file.Exists
               select (file, Path.GetRelativePath(folder, path)),
        ];
    }

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "Checkpoints could not be brought to {Place}; they will be tried again")]
    private partial void LogFailedPass(Exception exception, string place);
}
