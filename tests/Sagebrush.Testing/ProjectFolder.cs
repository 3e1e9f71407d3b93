namespace Sagebrush.Testing;

/// <summary>The folder the project lies in, above the test's binary.</summary>
public static class ProjectFolder
{
    private static readonly string Root = Locate();

    /// <summary>The full path of a file or folder of the project.</summary>
    /// <param name="path">Its path from the project's root.</param>
    public static string Find(string path) => Path.Join(Root, path);

    private static string Locate()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Join(folder, "Sagebrush.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Sagebrush.slnx was not found above the test's folder.");
        }

        return folder;
    }
}
