using System.Text.Json;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training.Input;

/// <summary>Reads a manifest: <c>[{"prefix": "s3://bucket/folder/"}, "key-1", "key-2", …]</c>.</summary>
internal static class ManifestFile
{
    private const int MaxBytes = 256 << 20;
    private const int ShownKeys = 5;

    /// <summary>The objects it names.</summary>
    /// <exception cref="TrainingFailureException">It is not there, is no manifest, or names objects that are not there.</exception>
    public static ObjectSelection Read(IObjectStore objects, S3Location place)
    {
        using var document = Parse(place, Load(objects, place));
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() < 2 || root[0].ValueKind != JsonValueKind.Object
            || !root[0].TryGetProperty("prefix", out var prefix) || !S3Location.TryParse(prefix.ToString(), out var folder))
        {
            throw Wrong(place, "it must be a JSON array whose first element is {\"prefix\": \"s3://bucket/folder/\"}, followed by keys.");
        }

        List<string> keys = [];
        foreach (var (i, element) in root.EnumerateArray().Index().Skip(1))
        {
            keys.Add(element.ValueKind == JsonValueKind.String ? folder.Key + element.GetString() : throw Wrong(place, $"its element {i} is not a string."));
        }

        CheckKeys(objects, place, keys.Select(key => folder with { Key = key }));
        return new(folder.Bucket, folder.Key, keys);
    }

    /// <summary>The bytes of a manifest.</summary>
    public static byte[] Load(IObjectStore objects, S3Location place)
    {
        try
        {
            using var reader = objects.Open(place.Bucket, place.Key);
            if (reader.Info.Size > MaxBytes)
            {
                throw Wrong(place, $"it has {reader.Info.Size} bytes; {MaxBytes} are allowed.");
            }

            var bytes = new byte[reader.Info.Size];
            using var content = reader.OpenStream(0, reader.Info.Size);
            content.ReadExactly(bytes);
            return bytes;
        }
        catch (ObjectStoreException exception)
        {
            throw Wrong(place, $"it cannot be read: {exception.Message}");
        }
    }

    /// <summary>Refuses a manifest that names objects that are not there; the message names the first of them.</summary>
    public static void CheckKeys(IObjectStore objects, S3Location manifest, IEnumerable<S3Location> places)
    {
        List<S3Location> missing = [.. places.Where(place => objects.FindBucket(place.Bucket) is null || objects.FindObject(place.Bucket, place.Key) is null)];
        if (missing.Count > 0)
        {
            throw Wrong(
                manifest,
                $"{missing.Count} of the objects it names {(missing.Count == 1 ? "does" : "do")} not exist: "
                + string.Join(", ", missing.Take(ShownKeys)) + (missing.Count > ShownKeys ? ", …" : "."));
        }
    }

    /// <summary>A manifest is wrong.</summary>
    public static TrainingFailureException Wrong(S3Location place, string reason) =>
        TrainingFailureException.Client($"Data download failed: the manifest \"{place}\" cannot be used: {reason}");

    private static JsonDocument Parse(S3Location place, byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException exception)
        {
            throw Wrong(place, $"it is not JSON: {exception.Message}");
        }
    }
}
