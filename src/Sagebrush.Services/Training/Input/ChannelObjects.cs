using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training.Input;

/// <summary>Finds the objects of a channel that is a prefix or a manifest.</summary>
internal static class ChannelObjects
{
    /// <summary>Finds a host's objects.</summary>
    /// <param name="objects">The store.</param>
    /// <param name="source">Where the channel's data are.</param>
    /// <param name="share">The host's number from 0, and how many share the objects when each gets some of them alone; (0, 1) for all.</param>
    /// <exception cref="TrainingFailureException">There is no such manifest, or it is not one.</exception>
    public static ObjectSelection Select(IObjectStore objects, S3DataSource source, (int Index, int Count) share)
    {
        var place = S3Location.Parse(source.S3Uri);
        if (source.S3DataType == S3DataType.ManifestFile)
        {
            var manifest = ManifestFile.Read(objects, place);
            return manifest with { Keys = Share(manifest.Keys!, share) };
        }

        return new(place.Bucket, place.Key, share.Count == 1 ? null : Share(List(objects, place), share));
    }

    /// <summary>Every key under a prefix, in order; those that stand for folders are left out.</summary>
    public static List<string> List(IObjectStore objects, S3Location place)
    {
        List<string> keys = [];
        for (var query = new ListObjectsQuery { Bucket = place.Bucket, Prefix = place.Key }; ;)
        {
            var page = objects.List(query);
            keys.AddRange(page.Objects.Where(entry => !entry.Key.EndsWith('/')).Select(entry => entry.Key));
            if (page.Next is null)
            {
                return keys;
            }

            query = query with { After = page.Next };
        }
    }

    private static List<string> Share(IReadOnlyList<string> keys, (int Index, int Count) share) =>
        [.. keys.Where((_, i) => i % share.Count == share.Index)];
}
