using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sagebrush.State.Objects;

/// <summary>The JSON of the index's columns. New members may be added; stored names never change.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ObjectAttributes))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ObjectJson : JsonSerializerContext
{
    public static string? Write(ObjectAttributes attributes) => attributes == Objects.ObjectAttributes.None
        ? null
        : JsonSerializer.Serialize(attributes, Default.ObjectAttributes);

    public static ObjectAttributes ReadAttributes(string? json) => json is null
        ? Objects.ObjectAttributes.None
        : JsonSerializer.Deserialize(json, Default.ObjectAttributes)!;

    public static string? WriteTags(IReadOnlyDictionary<string, string>? tags) => tags is not { Count: > 0 }
        ? null
        : JsonSerializer.Serialize(new Dictionary<string, string>(tags), Default.DictionaryStringString);

    public static IReadOnlyDictionary<string, string> ReadTags(string? json) => json is null
        ? ReadOnlyDictionary<string, string>.Empty
        : JsonSerializer.Deserialize(json, Default.DictionaryStringString)!;
}
