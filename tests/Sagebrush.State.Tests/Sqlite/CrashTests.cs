using System.Diagnostics;
using System.Globalization;
using Sagebrush.State.Sqlite;
using Sagebrush.Testing;

namespace Sagebrush.State.Tests.Sqlite;

public sealed class CrashTests
{
    private const int Rounds = 6;

    [Fact]
    public async Task WriteAsync_ProcessKilled_KeepsEverythingAcknowledged()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var path = folder["crash.db"];
        var acknowledged = new HashSet<long>();
        for (var round = 1; round <= Rounds; round++)
        {
            using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [CrashWriter.Command, path])
            {
                RedirectStandardOutput = true,
            })!;

            // A different moment each round; what the pipe still holds after the kill was acknowledged too.
            var enough = 40 * round;
            while (await child.StandardOutput.ReadLineAsync(cancelled) is { } line)
            {
                if (line.Length == 0 || !long.TryParse(line, CultureInfo.InvariantCulture, out var value))
                {
                    continue;
                }

                acknowledged.Add(value);
                if (--enough == 0)
                {
                    child.Kill();
                }
            }

            await child.WaitForExitAsync(cancelled);
            Assert.True(enough <= 0, "The child ended by itself.");
            Assert.Subset(Stored(path), acknowledged);
        }
    }

    private static HashSet<long> Stored(string path)
    {
        using var database = SqliteDatabase.Open(
            new SqliteDatabaseOptions { Path = path, Migrations = [CrashWriter.Schema] });
        return database.Read(session =>
        {
            using (var check = session.Prepare("PRAGMA integrity_check"))
            {
                Assert.True(check.Step());
                Assert.Equal("ok", check.GetString(0));
            }

            var values = new HashSet<long>();
            using var statement = session.Prepare("SELECT value FROM number");
            while (statement.Step())
            {
                values.Add(statement.GetInt64(0));
            }

            return values;
        });
    }
}
