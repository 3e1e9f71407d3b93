using System.Text.Json;

namespace Sagebrush.Services.Sns.Filtering;

/// <summary>An object within a JSON message.</summary>
internal sealed class JsonSource(JsonElement element) : IFilterSource
{
    /// <summary>A value as it is, or the plain values of a list.</summary>
    public static List<FilterValue> Values(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(Values)],
        JsonValueKind.String => [new FilterValue(element.GetString(), null)],
        JsonValueKind.Number when element.TryGetDouble(out var number) => [new FilterValue(null, number)],
        JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => [new FilterValue(element.GetRawText(), null, IsWord: true)],
        _ => [],
    };

    public IReadOnlyList<FilterValue>? Values(string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? Values(value) : null;

    public IEnumerable<IFilterSource> Children(string key) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(key, out var value) ? []
        : value.ValueKind == JsonValueKind.Object ? [new JsonSource(value)]
        : value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => new JsonSource(item))
        : [];
}
