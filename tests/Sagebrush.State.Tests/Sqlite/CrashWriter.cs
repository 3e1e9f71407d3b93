using System.Globalization;
using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Tests.Sqlite;

/// <summary>The child process of <see cref="CrashTests"/>: writes numbers and says which are durable, until killed.</summary>
internal static class CrashWriter
{
    public const string Command = "crash-writer";
    public const string Schema = "CREATE TABLE number (value INTEGER PRIMARY KEY, padding BLOB NOT NULL) WITHOUT ROWID";

    private const int Writers = 4;

    public static async Task<int> RunAsync(string path)
    {
        await using var database = SqliteDatabase.Open(new SqliteDatabaseOptions
        {
            Path = path,
            Migrations = [Schema],
            CheckpointPages = 20,
        });
        var next = database.Read(session =>
        {
            using var statement = session.Prepare("SELECT coalesce(max(value), 0) FROM number");
            statement.Step();
            return statement.GetInt64(0);
        });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var value = Interlocked.Increment(ref next);
                await database.WriteAsync(session =>
                {
                    using var statement = session.Prepare("INSERT INTO number (value, padding) VALUES (?, ?)");
                    statement.Bind(value).BindBlob(new byte[300]).Execute();
                });
                await Console.Out.WriteLineAsync(value.ToString(CultureInfo.InvariantCulture));
            }
        })));
        return 0;
    }
}
