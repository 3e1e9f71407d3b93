namespace Sagebrush.Testing;

/// <summary>A folder of its own for one test, deleted with everything in it on dispose.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("sagebrush-test-").FullName;

    private TemporaryFolder(string path) => Path = path;

    /// <summary>Where the folder is.</summary>
    public string Path { get; }

    /// <summary>Makes a folder elsewhere than among the temporary files: jobs have their own of these.</summary>
    public static TemporaryFolder Outside(string parent) =>
        new(Directory.CreateDirectory(System.IO.Path.Join(parent, "sagebrush-test-" + Guid.NewGuid().ToString("N"))).FullName);

    /// <summary>A path below the folder; its parent folders are made.</summary>
    public string this[params string[] parts]
    {
        get
        {
            var path = System.IO.Path.Combine([Path, .. parts]);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            return path;
        }
    }

    /// <summary>Deletes the folder.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test deleted it itself.
        }
    }
}
