using System.Reflection;

namespace Sagebrush.Serving.Python;

/// <summary>A private folder with the workers' own Python package and their sockets, removed with the server.</summary>
internal sealed class WorkerFiles : IDisposable
{
    private const string Package = "sagebrush_worker";

    public WorkerFiles()
    {
        // The system's temporary folder, as a Unix socket's path may be 107 bytes long only. Readable by its owner alone.
        Root = Directory.CreateTempSubdirectory("sagebrush-").FullName;
        var package = Directory.CreateDirectory(Path.Join(Root, Package)).FullName;
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Package + "/", StringComparison.Ordinal))
            {
                continue;
            }

            using var source = assembly.GetManifestResourceStream(name)!;
            using var target = File.Create(Path.Join(package, name[(Package.Length + 1)..]));
            source.CopyTo(target);
        }
    }

    public string Root { get; }

    /// <summary>Where requirements that are not on the machine are installed.</summary>
    public string SitePackages => Path.Join(Root, "site-packages");

    public string Socket(long number) => Path.Join(Root, $"{number}.sock");

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A temporary folder left behind harms nobody.
        }
    }
}
