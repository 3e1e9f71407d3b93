using System.Globalization;
using SQLitePCL;

namespace Sagebrush.State.Sqlite;

/// <summary>Brings a file's schema up to date, one script and one transaction for each version.</summary>
internal static class SqliteSchema
{
    public static void Migrate(SqliteSession session, SqliteDatabaseOptions options)
    {
        var version = Version(session);
        if (version > options.Migrations.Count)
        {
            throw new DatabaseException(
                $"{options.Path} has schema version {version}; this program knows versions up to " +
                $"{options.Migrations.Count}. Use the newer program that wrote it.",
                raw.SQLITE_MISMATCH);
        }

        while (version < options.Migrations.Count)
        {
            session.ExecuteScript("BEGIN IMMEDIATE");
            try
            {
                // Read again under the lock: another process may have migrated meanwhile.
                version = Version(session);
                if (version < options.Migrations.Count)
                {
                    session.ExecuteScript(options.Migrations[version]);
                    version++;
                    session.ExecuteScript(string.Create(
                        CultureInfo.InvariantCulture, $"PRAGMA user_version={version}"));
                }

                session.ExecuteScript("COMMIT");
            }
            catch
            {
                if (!session.IsOutsideTransaction)
                {
                    session.ExecuteScript("ROLLBACK");
                }

                throw;
            }
        }
    }

    private static int Version(SqliteSession session)
    {
        using var statement = session.Prepare("PRAGMA user_version");
        statement.Step();
        return (int)statement.GetInt64(0);
    }
}
