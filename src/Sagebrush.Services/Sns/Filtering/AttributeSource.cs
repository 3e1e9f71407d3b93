using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Services.Sns.Filtering;

/// <summary>The attributes of a message.</summary>
internal sealed class AttributeSource(IReadOnlyDictionary<string, MessageAttribute> attributes) : IFilterSource
{
    public IReadOnlyList<FilterValue>? Values(string key)
    {
        if (!attributes.TryGetValue(key, out var attribute))
        {
            return null;
        }

        if (attribute.Type.StartsWith("Number", StringComparison.Ordinal))
        {
            return double.TryParse(attribute.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? [new FilterValue(null, number)] : [];
        }

        if (attribute.Type.StartsWith("Binary", StringComparison.Ordinal))
        {
            return [];
        }

        if (!attribute.Type.StartsWith("String.Array", StringComparison.Ordinal))
        {
            return [new FilterValue(attribute.Value, null)];
        }

        try
        {
            using var list = JsonDocument.Parse(attribute.Value);
            return list.RootElement.ValueKind == JsonValueKind.Array ? JsonSource.Values(list.RootElement) : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    public IEnumerable<IFilterSource> Children(string key) => [];
}
