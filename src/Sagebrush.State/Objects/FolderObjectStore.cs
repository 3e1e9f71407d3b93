using Microsoft.Extensions.Logging;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

/// <summary>The object store in a folder: <c>objects.db</c> is the index, <c>objects/</c> holds the bytes, <c>objects.reserve</c> keeps room for deletions.</summary>
/// <remarks>One process at a time may use a folder.</remarks>
public sealed partial class FolderObjectStore : IObjectStore, IAsyncDisposable
{
    private readonly SqliteDatabase _index;
    private readonly ContentFolder _folder;
    private readonly ContentSweeper _sweeper;
    private readonly ContentWriter _writer;
    private readonly IdSequence _ids;
    private readonly TimeProvider _clock;
    private readonly SpaceReserve _reserve;

    private FolderObjectStore(SqliteDatabase index, ContentFolder folder, SpaceReserve reserve, TimeProvider clock, ILogger logger)
    {
        _index = index;
        _reserve = reserve;
        _folder = folder;
        _clock = clock;
        _ids = new IdSequence(index.Read(LastId), clock);
        _writer = new ContentWriter(folder, _ids);
        Recover();
        _sweeper = new ContentSweeper(index, folder, logger);
    }

    /// <summary>Opens the store, makes it when missing, and finishes what a crash interrupted.</summary>
    /// <param name="dataFolder">The folder to keep everything in.</param>
    /// <param name="clock">Gives objects their times.</param>
    /// <param name="logger">Hears of trouble in the background.</param>
    /// <param name="external">Where the bytes of objects go that are too large for the index; null for the folder itself.</param>
    /// <exception cref="DatabaseException">The index cannot be opened, or the bytes of its objects are kept at another place.</exception>
    public static FolderObjectStore Open(
        string dataFolder, TimeProvider clock, ILogger<FolderObjectStore> logger, IExternalContent? external = null)
    {
        var index = SqliteDatabase.Open(new SqliteDatabaseOptions
        {
            Path = Path.Combine(dataFolder, "objects.db"),
            Migrations = ObjectSchema.Migrations,
        });
        try
        {
            ContentPlace.Require(index, Path.Combine(dataFolder, "objects"), external?.Address);
            var folder = new ContentFolder(Path.Combine(dataFolder, "objects"), external);
            return new FolderObjectStore(index, folder, new SpaceReserve(Path.Combine(dataFolder, "objects.reserve")), clock, logger);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sweeper.DisposeAsync();
        await _index.DisposeAsync();
    }

    private static long LastId(SqliteSession session)
    {
        using var statement = session.Prepare(
            """
            SELECT max(
                coalesce((SELECT max(id) FROM bucket), 0), coalesce((SELECT max(id) FROM object), 0),
                coalesce((SELECT max(content) FROM object), 0), coalesce((SELECT max(id) FROM upload), 0),
                coalesce((SELECT max(id) FROM part), 0), coalesce((SELECT max(id) FROM garbage), 0))
            """);
        statement.Step();
        return statement.GetInt64(0);
    }

    /// <summary>Moves committed files on to their places, and removes what was never committed.</summary>
    private void Recover()
    {
        foreach (var id in _folder.Staged().ToList())
        {
            if (_index.Read(session => BucketOfFile(session, id)) is { } bucket)
            {
                _folder.Land(bucket, id);
            }
            else
            {
                _folder.RemoveStagedAsync(id).GetAwaiter().GetResult();
            }
        }
    }

    private static string? BucketOfFile(SqliteSession session, long id)
    {
        using var statement = session.Prepare(
            """
            SELECT bucket.name FROM object JOIN bucket ON bucket.id = object.bucket WHERE object.content = ? AND object.layout = 1
            UNION ALL
            SELECT bucket.name FROM part JOIN object ON object.content = part.owner JOIN bucket ON bucket.id = object.bucket WHERE part.id = ?
            UNION ALL
            SELECT bucket.name FROM part JOIN upload ON upload.id = part.owner JOIN bucket ON bucket.id = upload.bucket WHERE part.id = ?
            """);
        return statement.Bind(id).Bind(id).Bind(id).Step() ? statement.GetString(0) : null;
    }

    private DateTimeOffset Now() => ObjectRows.Time(ObjectRows.Milliseconds(_clock.GetUtcNow()));

    private void WakeSweeper(bool garbage)
    {
        if (garbage)
        {
            _sweeper.Wake();
        }
    }
}
