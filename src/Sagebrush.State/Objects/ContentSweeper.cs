using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

/// <summary>Removes the files nothing refers to any more. The list of them is in the index, so a crash forgets none.</summary>
internal sealed partial class ContentSweeper : IAsyncDisposable
{
    private const int BatchSize = 256;

    private readonly SqliteDatabase _index;
    private readonly ContentFolder _folder;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _loop;

    public ContentSweeper(SqliteDatabase index, ContentFolder folder, ILogger logger)
    {
        _index = index;
        _folder = folder;
        _logger = logger;
        _loop = Task.Run(RunAsync);
        Wake();
    }

    public ContentLeases Leases { get; } = new();

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Finishes what there is to sweep.</summary>
    public async ValueTask DisposeAsync()
    {
        _wake.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync())
        {
            try
            {
                await SweepAsync();
            }
            catch (Exception exception) when (exception is DatabaseException or IOException or UnauthorizedAccessException)
            {
                LogFailed(exception);
            }
        }
    }

    private async Task SweepAsync()
    {
        for (var after = 0L; ;)
        {
            var batch = _index.Read(session => NextBatch(session, after));
            if (batch.Count == 0)
            {
                return;
            }

            after = batch[^1].Id;
            var claimed = batch.Select(file => file.Owner).Where(owner => owner != 0).Distinct().Where(Leases.TryClaim).ToHashSet();
            try
            {
                var removed = batch.Where(file => file.Owner == 0 || claimed.Contains(file.Owner)).ToList();
                foreach (var file in removed)
                {
                    await _folder.RemoveAsync(file.Bucket, file.Id);
                }

                await _index.WriteAsync(session => Forget(session, removed));
                RemoveDeletedBuckets(removed);
            }
            finally
            {
                foreach (var owner in claimed)
                {
                    Leases.Forget(owner);
                }
            }
        }
    }

    /// <summary>A bucket is deleted before its last files are: its folders can go only now.</summary>
    private void RemoveDeletedBuckets(List<GarbageFile> removed)
    {
        foreach (var bucket in removed.Select(file => file.Bucket).Distinct())
        {
            if (_index.Read(session => ObjectRows.FindBucket(session, bucket)) is null)
            {
                _folder.RemoveBucket(bucket);
            }
        }
    }

    private static List<GarbageFile> NextBatch(SqliteSession session, long after)
    {
        using var statement = session.Prepare("SELECT id, bucket, owner FROM garbage WHERE id > ? ORDER BY id LIMIT ?");
        statement.Bind(after).Bind(BatchSize);
        var batch = new List<GarbageFile>();
        while (statement.Step())
        {
            batch.Add(new(statement.GetInt64(0), statement.GetString(1), statement.GetInt64(2)));
        }

        return batch;
    }

    private static void Forget(SqliteSession session, List<GarbageFile> removed)
    {
        using var statement = session.Prepare("DELETE FROM garbage WHERE id = ?");
        foreach (var file in removed)
        {
            statement.Bind(file.Id).Execute();
        }
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Warning, Message = "Removing deleted objects' files failed; it is tried again with the next deletion")]
    private partial void LogFailed(Exception exception);

    private readonly record struct GarbageFile(long Id, string Bucket, long Owner);
}
