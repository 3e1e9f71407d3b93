namespace Sagebrush.Algorithms.Training;

/// <summary>The files of a channel.</summary>
internal static class ChannelFiles
{
    /// <summary>How deep below the channel's folder files are found, as in SageMaker's container.</summary>
    private const int DeepestFolder = 3;

    /// <summary>Name of the file beside the data that tells which columns are categories; it is no data.</summary>
    public const string CategoryFile = "categorical_index.json";

    /// <summary>Finds them, in the order of their names; of a channel that comes through a pipe, the one file its first epoch is kept in.</summary>
    /// <exception cref="CustomerErrorException">There are none.</exception>
    public static List<string> Find(ChannelConfiguration channel)
    {
        var files = All(channel).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
    }

    /// <summary>Whether there are any.</summary>
    public static bool Any(ChannelConfiguration channel) => All(channel).Any();

    private static IEnumerable<string> All(ChannelConfiguration channel) => channel.InputMode == "Pipe" ? Keep(channel) : Files(channel.Folder, 1);

    // The algorithms here hold their data in memory and see it once: a file is all they ask of a pipe, and a pipe is read only once.
    private static string[] Keep(ChannelConfiguration channel)
    {
        var path = Path.GetFullPath(Path.Combine(channel.Folder, "..", "..", $"{channel.Name}_0"));
        if (!File.Exists(path))
        {
            using var pipe = new FileStream($"{channel.Folder}_0", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            pipe.CopyTo(file, 1 << 20);
        }

        return new FileInfo(path).Length > 0 ? [path] : [];
    }

    /// <summary>Files, without the hidden ones and markers such as <c>_SUCCESS</c> that other programs leave.</summary>
    private static IEnumerable<string> Files(string folder, int depth)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.GetFileName(entry) is ['.' or '_', ..] or CategoryFile)
            {
                continue;
            }

            if (File.Exists(entry))
            {
                yield return entry;
            }
            else if (depth < DeepestFolder)
            {
                foreach (var file in Files(entry, depth + 1))
                {
                    yield return file;
                }
            }
        }
    }
}
