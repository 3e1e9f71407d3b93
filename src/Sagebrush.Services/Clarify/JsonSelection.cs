using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Services.Clarify;

/// <summary>The part of JMESPath that points at numbers of a model's answer: names, indexes, <c>[*]</c> and <c>@</c>.</summary>
internal static class JsonSelection
{
    /// <summary>The values an expression points at; lists at its end are opened.</summary>
    /// <exception cref="ClarifyException">The expression is none, or there is nothing it points at.</exception>
    public static IReadOnlyList<JsonElement> Select(JsonElement root, string expression)
    {
        IEnumerable<JsonElement> found = [root];
        foreach (var step in expression.Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            found = step switch
            {
                "@" => found,
                "[*]" or "[]" => found.SelectMany(Items),
                ['[', .. var index, ']'] => found.Select(value => Item(value, index, expression)),
                _ => found.Select(value => Member(value, step.Trim('"'), expression)),
            };
        }

        return [.. found.SelectMany(Flat)];
    }

    private static IEnumerable<JsonElement> Items(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    private static IEnumerable<JsonElement> Flat(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Flat) : [value];

    private static JsonElement Member(JsonElement value, string name, string expression) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member)
            ? member
            : throw new ClarifyException($"The expression '{expression}' finds no '{name}' in {Short(value)}.");

    private static JsonElement Item(JsonElement value, string index, string expression) =>
        int.TryParse(index, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at) && value.ValueKind == JsonValueKind.Array
            && (at < 0 ? at + value.GetArrayLength() : at) is var place && place >= 0 && place < value.GetArrayLength()
            ? value[place]
            : throw new ClarifyException($"The expression '{expression}' finds no '[{index}]' in {Short(value)}.");

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 80 } text ? text[..80] + "…" : value.GetRawText();
}
