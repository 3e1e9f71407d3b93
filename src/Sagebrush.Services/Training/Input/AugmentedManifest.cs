using System.Text.Json;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training.Input;

/// <summary>Reads an augmented manifest: a JSON object on each line, of which the attributes asked for go to the job, in the order asked for.</summary>
internal static class AugmentedManifest
{
    private const string ReferenceSuffix = "-ref";

    /// <summary>A value that goes to the job: the content of an object, or a text.</summary>
    public readonly record struct Attribute(S3Location? Object, string? Text);

    /// <summary>The attributes of each line.</summary>
    /// <exception cref="TrainingFailureException">It is not there, is no manifest, lacks an attribute, or names objects that are not there.</exception>
    public static List<Attribute[]> Read(IObjectStore objects, S3Location place, IReadOnlyList<string> names)
    {
        var bytes = ManifestFile.Load(objects, place);
        List<Attribute[]> entries = [];
        var line = 0;
        foreach (var range in bytes.AsSpan().Split((byte)'\n'))
        {
            line++;
            var text = bytes.AsMemory(range);
            if (!text.Span.Trim(" \t\r"u8).IsEmpty)
            {
                entries.Add(ReadLine(place, line, text, names));
            }
        }

        if (entries.Count == 0)
        {
            throw ManifestFile.Wrong(place, "it is empty.");
        }

        ManifestFile.CheckKeys(objects, place, entries.SelectMany(entry => entry).Where(attribute => attribute.Object is not null).Select(attribute => attribute.Object!.Value).Distinct());
        return entries;
    }

    private static Attribute[] ReadLine(S3Location place, int line, ReadOnlyMemory<byte> text, IReadOnlyList<string> names)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. names.Select(name => document.RootElement.TryGetProperty(name, out var value)
                ? Convert(place, line, name, value)
                : throw ManifestFile.Wrong(place, $"line {line} has no attribute '{name}'."))];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw ManifestFile.Wrong(place, $"line {line} is not a JSON object: {exception.Message}");
        }
    }

    private static Attribute Convert(S3Location place, int line, string name, JsonElement value)
    {
        if (!name.EndsWith(ReferenceSuffix, StringComparison.Ordinal))
        {
            return new(null, value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText());
        }

        return S3Location.TryParse(value.ToString(), out var target)
            ? new(target, null)
            : throw ManifestFile.Wrong(place, $"line {line}: the attribute '{name}' is no S3 URI: {value.GetRawText()}");
    }
}
