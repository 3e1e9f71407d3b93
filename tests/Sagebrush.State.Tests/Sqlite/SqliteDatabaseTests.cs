using Sagebrush.State.Sqlite;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IDisposable
{
    private const string Schema = "CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, data BLOB)";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_Acknowledged_IsReadAfterReopening()
    {
        await using (var database = Open())
        {
            await InsertAsync(database, "über 🌿");
        }

        await using var again = Open();
        Assert.Equal(["über 🌿"], Lines(again));
    }

    [Fact]
    public async Task WriteAsync_OneOfManyThrows_FailsAloneAndIsUndoneAlone()
    {
        await using var database = Open();
        var callbacks = new List<int>();
        var writes = Enumerable.Range(0, 200).Select(i => database.WriteAsync(
            session =>
            {
                Insert(session, $"line {i}");
                session.AfterCommit(() => callbacks.Add(i));
                return i == 100 ? throw new InvalidOperationException("not this one") : i;
            },
            Cancelled)).ToArray();

        await Task.WhenAll(writes).ContinueWith(_ => { }, Cancelled, TaskContinuationOptions.None, TaskScheduler.Default);

        var expected = Enumerable.Range(0, 200).Where(i => i != 100).ToArray();
        Assert.IsType<InvalidOperationException>(writes[100].Exception?.InnerException);
        Assert.Equal(expected, writes.Where(write => write.IsCompletedSuccessfully).Select(write => write.Result));
        Assert.Equal(expected, callbacks);
        Assert.Equal(expected.Select(i => $"line {i}"), Lines(database));
    }

    [Fact]
    public async Task WriteAsync_ConstraintBroken_ThrowsConstraintException()
    {
        await using var database = Open();
        await InsertAsync(database, "once");

        await Assert.ThrowsAsync<DatabaseConstraintException>(() => InsertAsync(database, "once"));

        await InsertAsync(database, "twice");
        Assert.Equal(["once", "twice"], Lines(database));
    }

    [Fact]
    public async Task WriteAsync_NoRoomLeft_ThrowsFullAndRecoversWhenThereIsRoom()
    {
        await using var database = Open();
        await InsertAsync(database, "before");
        await database.WriteAsync(session => { session.Execute("PRAGMA max_page_count=20"); }, Cancelled);

        await Assert.ThrowsAsync<DatabaseFullException>(
            () => database.WriteAsync(session => Insert(session, "large", new byte[1 << 20]), Cancelled));

        Assert.Equal(["before"], Lines(database));
        await database.WriteAsync(session => { session.Execute("PRAGMA max_page_count=100000"); }, Cancelled);
        await database.WriteAsync(session => Insert(session, "large", new byte[1 << 20]), Cancelled);
        Assert.Equal(["before", "large"], Lines(database));
    }

    [Fact]
    public async Task WriteAsync_CancelledBeforeItsTurn_LeavesNothing()
    {
        await using var database = Open();
        using var source = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        var blocker = database.WriteAsync(_ => { gate.Wait(Cancelled); }, Cancelled);
        var cancelled = database.WriteAsync(session => Insert(session, "never"), source.Token);

        await source.CancelAsync();
        gate.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await blocker;
        Assert.Empty(Lines(database));
    }

    [Fact]
    public async Task WriteAsync_AfterDispose_ThrowsObjectDisposed()
    {
        var database = Open();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => InsertAsync(database, "late"));
    }

    [Fact]
    public async Task Dispose_WritesWaiting_FinishesThem()
    {
        var database = Open();
        var writes = Enumerable.Range(0, 50).Select(i => InsertAsync(database, $"{i:00}")).ToArray();

        await database.DisposeAsync();
        await Task.WhenAll(writes);

        await using var again = Open();
        Assert.Equal(50, Lines(again).Count);
        Assert.False(File.Exists(again.FilePath + "-journal"));
    }

    [Fact]
    public async Task Read_WriteCommitsMeanwhile_KeepsItsSnapshot()
    {
        await using var database = Open();
        await InsertAsync(database, "first");
        using var counted = new SemaphoreSlim(0);
        using var written = new SemaphoreSlim(0);

        var reading = Task.Run(
            () => database.Read(session =>
            {
                var before = Count(session);
                counted.Release();
                written.Wait(Cancelled);
                return (before, after: Count(session));
            }),
            Cancelled);
        await counted.WaitAsync(Cancelled);
        await InsertAsync(database, "second");
        written.Release();

        Assert.Equal((1, 1), await reading);
        Assert.Equal(2, database.Read(Count));
    }

    [Fact]
    public async Task Read_StatementNestedInItself_UsesASecondOne()
    {
        await using var database = Open();
        await InsertAsync(database, "a");
        await InsertAsync(database, "b");

        var pairs = database.Read(session =>
        {
            var found = new List<string>();
            using var outer = session.Prepare("SELECT text FROM line ORDER BY id");
            while (outer.Step())
            {
                using var inner = session.Prepare("SELECT text FROM line ORDER BY id");
                while (inner.Step())
                {
                    found.Add(outer.GetString(0) + inner.GetString(0));
                }
            }

            return found;
        });

        Assert.Equal(["aa", "ab", "ba", "bb"], pairs);
    }

    [Fact]
    public async Task Open_OlderSchema_RunsOnlyTheMissingScripts()
    {
        await using (var database = Open())
        {
            await InsertAsync(database, "kept");
        }

        await using var migrated = Open(Schema, "ALTER TABLE line ADD COLUMN extra TEXT DEFAULT 'new'");

        Assert.Equal("kept new", migrated.Read(session =>
        {
            using var statement = session.Prepare("SELECT text || ' ' || extra FROM line");
            statement.Step();
            return statement.GetString(0);
        }));
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefused()
    {
        await Open(Schema, "CREATE TABLE other (id)").DisposeAsync();

        var exception = Assert.Throws<DatabaseException>(() => Open());

        Assert.Contains("schema version 2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_BrokenScript_LeavesTheOldVersion()
    {
        Assert.ThrowsAny<DatabaseException>(() => Open(Schema, "CREATE TABLE half (id); CREATE GARBAGE"));

        await using var database = Open(Schema, "CREATE TABLE half (id)");
        Assert.Empty(Lines(database));
    }

    [Fact]
    public void Open_NotADatabase_ThrowsCorrupt()
    {
        File.WriteAllText(_folder["test.db"], new string('x', 5000));

        Assert.Throws<DatabaseCorruptException>(() => Open());
    }

    [Fact]
    public void Open_FolderInTheWay_ThrowsUnavailable()
    {
        Directory.CreateDirectory(_folder["test.db"]);

        Assert.Throws<DatabaseUnavailableException>(() => Open());
    }

    private SqliteDatabase Open(params string[] migrations) => SqliteDatabase.Open(new SqliteDatabaseOptions
    {
        Path = _folder["test.db"],
        Migrations = migrations.Length == 0 ? [Schema] : migrations,
    });

    private static Task InsertAsync(SqliteDatabase database, string text) =>
        database.WriteAsync(session => Insert(session, text), Cancelled);

    private static void Insert(SqliteSession session, string text, byte[]? data = null)
    {
        using var statement = session.Prepare("INSERT INTO line (text, data) VALUES (?, ?)");
        statement.Bind(text).BindBlob(data).Execute();
    }

    private static List<string> Lines(SqliteDatabase database) => database.Read(session =>
    {
        var lines = new List<string>();
        using var statement = session.Prepare("SELECT text FROM line ORDER BY id");
        while (statement.Step())
        {
            lines.Add(statement.GetString(0));
        }

        return lines;
    });

    private static int Count(SqliteSession session)
    {
        using var statement = session.Prepare("SELECT count(*) FROM line");
        statement.Step();
        return (int)statement.GetInt64(0);
    }
}
