using System.Text;

namespace Sagebrush.State.Objects;

/// <summary>Decides which file each object becomes, and refuses what cannot be one before anything is written.</summary>
internal sealed class StagingPlan(string bucket, string prefix)
{
    private const int LongestName = 255;

    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);
    private readonly string _parent = prefix[..(prefix.LastIndexOf('/') + 1)];

    /// <summary>The objects and their paths below the folder.</summary>
    public List<(string Key, long Size, string Path)> Files { get; } = [];

    /// <summary>Folders that keys ending in a slash ask for, beside those the files need.</summary>
    public List<string> Folders { get; } = [];

    public long Bytes { get; private set; }

    public void Add(string key, long size)
    {
        var path = Relative(key);
        var isFolder = path.Length == 0 || path[^1] == '/';
        if (isFolder)
        {
            // Consoles make empty objects with a slash at the end to stand for folders.
            if (size > 0)
            {
                throw Refuse(StagingError.UnsafeKey, key, "ends in a slash but has content, so it cannot be a file");
            }

            path = path.TrimEnd('/');
        }

        if (path.Length > 0)
        {
            CheckNames(key, path);
            Claim(key, path, isFolder);
        }

        if (!isFolder)
        {
            Files.Add((key, size, path));
            Bytes += size;
        }
    }

    private string Relative(string key)
    {
        var rest = key[prefix.Length..];
        if (prefix.Length == 0 || prefix[^1] == '/')
        {
            return rest;
        }

        return rest.StartsWith('/') ? rest[1..] : key[_parent.Length..];
    }

    private void CheckNames(string key, string path)
    {
        foreach (var range in path.AsSpan().Split('/'))
        {
            var name = path.AsSpan(range);
            if (name.IsEmpty || name is "." or ".." || name.Contains('\0') || (OperatingSystem.IsWindows() && name.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0))
            {
                throw Refuse(StagingError.UnsafeKey, key, $"has a part ('{name}') that is no file name");
            }

            if (Encoding.UTF8.GetByteCount(name) > LongestName)
            {
                throw Refuse(StagingError.NameTooLong, key, $"has a part of more than {LongestName} bytes, which is no file name");
            }
        }
    }

    private void Claim(string key, string path, bool isFolder)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            ClaimFolder(key, path[..slash]);
        }

        if (isFolder)
        {
            ClaimFolder(key, path);
            Folders.Add(path);
        }
        else if (_folders.TryGetValue(path, out var other))
        {
            throw Refuse(StagingError.Clash, key, $"would be a file where '{other}' needs a folder");
        }
        else if (!_files.Add(path))
        {
            throw Refuse(StagingError.Clash, key, $"would be the same file '{path}' as another key");
        }
    }

    private void ClaimFolder(string key, string folder)
    {
        if (_files.Contains(folder))
        {
            throw Refuse(StagingError.Clash, key, $"needs a folder where '{folder}' is a file");
        }

        _folders.TryAdd(folder, key);
    }

    private StagingException Refuse(StagingError error, string key, string reason) => new(error, key, $"The key 's3://{bucket}/{key}' {reason}.");
}
