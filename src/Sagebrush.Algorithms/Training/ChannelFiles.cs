namespace Sagebrush.Algorithms.Training;

/// <summary>The files of a channel.</summary>
internal static class ChannelFiles
{
    /// <summary>How deep below the channel's folder files are found, as in SageMaker's container.</summary>
    private const int DeepestFolder = 3;

    /// <summary>Finds them, in the order of their names.</summary>
    /// <exception cref="CustomerErrorException">There are none, or they come through a pipe.</exception>
    public static List<string> Find(ChannelConfiguration channel)
    {
        if (channel.InputMode == "Pipe")
        {
            throw new CustomerErrorException(
                $"The {channel.Name} channel has the input mode Pipe, which is not supported; use File or FastFile.");
        }

        var files = Files(channel.Folder, 1).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new CustomerErrorException($"No data in {channel.Name} channel path {channel.Folder}");
    }

    /// <summary>Whether there are any.</summary>
    public static bool Any(ChannelConfiguration channel) => Files(channel.Folder, 1).Any();

    /// <summary>Files, without the hidden ones and markers such as <c>_SUCCESS</c> that other programs leave.</summary>
    private static IEnumerable<string> Files(string folder, int depth)
    {
        if (!Directory.Exists(folder))
        {
            yield break;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.GetFileName(entry)[0] is '.' or '_')
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
