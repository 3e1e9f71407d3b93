namespace Sagebrush.Testing;

/// <summary>
/// Finds the data sets that tests use but the repository does not carry: in <c>SAGEBRUSH_DATASETS</c>, else in
/// <c>shared/datasets</c> of a folder above the test's binary.
/// </summary>
public static class Datasets
{
    /// <summary>The folder, or null when there is none.</summary>
    public static string? Folder { get; } = Locate();

    /// <summary>The path of a data set, or null when it is absent (the test should then skip).</summary>
    public static string? Find(string name) =>
        Folder is not null && Path.Combine(Folder, name) is var path && File.Exists(path) ? path : null;

    private static string? Locate()
    {
        if (Environment.GetEnvironmentVariable("SAGEBRUSH_DATASETS") is { Length: > 0 } configured)
        {
            return Directory.Exists(configured) ? configured : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "datasets");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
