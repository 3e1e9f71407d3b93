using Sagebrush.State.Sqlite;

namespace Sagebrush.State.Objects;

/// <summary>Remembers where the bytes of a store's objects are, so that no other place is taken for it.</summary>
internal static class ContentPlace
{
    private const string FileName = ".place";
    private const string Here = "this folder";

    /// <summary>Compares a place with the one remembered, and remembers it while there are no bytes anywhere.</summary>
    /// <exception cref="DatabaseException">The bytes are elsewhere.</exception>
    public static void Require(SqliteDatabase index, string folder, string? external)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        var (place, known) = (external ?? Here, File.Exists(path) ? File.ReadAllText(path).Trim() : Here);
        if (place == known)
        {
            return;
        }

        if (index.Read(HasContent))
        {
            throw new DatabaseException(
                $"The objects of {folder} are kept in {known}, not in {place}. Start with the place they are in; moving them is not offered.", 0);
        }

        File.WriteAllText(path, place);
    }

    private static bool HasContent(SqliteSession session)
    {
        using var any = session.Prepare("SELECT 1 FROM object WHERE layout = 1 UNION ALL SELECT 1 FROM part WHERE layout = 1 UNION ALL SELECT 1 FROM garbage LIMIT 1");
        return any.Step();
    }
}
