using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Contracts.Generator;

/// <summary>Reads the models' optional members.</summary>
internal static class JsonExtensions
{
    extension(JsonElement element)
    {
        public string? Text(string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        public bool Flag(string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

        public string? Number(string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                ? value.GetDouble().ToString("R", CultureInfo.InvariantCulture)
                : null;

        public JsonElement? Child(string name) => element.TryGetProperty(name, out var value) ? value : null;
    }
}
