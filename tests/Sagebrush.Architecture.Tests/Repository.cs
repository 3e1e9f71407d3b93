using System.Runtime.CompilerServices;

namespace Sagebrush.Architecture.Tests;

/// <summary>The project's own files, found from where this file was compiled.</summary>
internal static class Repository
{
    private static readonly string[] GeneratedFolders = ["bin", "obj", ".build", ".git", "node_modules", "artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>Files below <paramref name="folder"/> with one of the extensions, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder, params string[] extensions)
    {
        var start = Path.Combine(Root, folder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return Directory.EnumerateFiles(start, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => extensions.Contains(Path.GetExtension(file)) && !file.Split('/').Any(GeneratedFolders.Contains))
            .Order(StringComparer.Ordinal);
    }

    public static IEnumerable<string> Code() => new[] { "src", "tests", "bench", "examples" }.SelectMany(folder => Files(folder, ".cs"));

    /// <summary>Pages for readers: those at the root and those in <c>docs</c>, <c>examples</c> and <c>bench</c>.</summary>
    public static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Root, "*.md").Select(file => Path.GetFileName(file))
            .Concat(Files("docs", ".md")).Concat(Files("examples", ".md")).Concat(Files("bench", ".md"));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Exists(string path)
    {
        var full = Path.Combine(Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        // Deterministic builds may map source paths away; then the output folder, inside the tree as well, leads up to the root.
        foreach (var start in new[] { Path.GetDirectoryName(thisFile), AppContext.BaseDirectory })
        {
            for (var folder = start; folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Sagebrush.slnx")))
                {
                    return folder;
                }
            }
        }

        throw new InvalidOperationException("Sagebrush.slnx was not found above the test's folder.");
    }
}
