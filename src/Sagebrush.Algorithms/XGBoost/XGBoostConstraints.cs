using System.Text.Json;

namespace Sagebrush.Algorithms.XGBoost;

/// <summary>The two hyperparameters written as lists.</summary>
internal static class XGBoostConstraints
{
    /// <summary>Says what is wrong with <c>(0, 1, -1)</c>; null when it is well.</summary>
    public static string? CheckMonotone(string value)
    {
        var inner = value.Trim();
        if (inner is ['(', .., ')'] or ['[', .., ']'])
        {
            inner = inner[1..^1];
        }

        var parts = inner.TrimEnd(',').Split(',', StringSplitOptions.TrimEntries);
        return parts.All(part => part is "-1" or "0" or "1" or "+1")
            ? null
            : $"value {value} not in range: a list of -1, 0 and 1 is expected, one per feature, such as (0, 1, -1)";
    }

    /// <summary>Says what is wrong with <c>[[0, 1], [2, 3]]</c>; null when it is well.</summary>
    public static string? CheckInteraction(string value)
    {
        const string Expected = "a nested list of feature indices is expected, such as [[0, 1], [2, 3]]";
        try
        {
            using var document = JsonDocument.Parse(value);
            var isNested = document.RootElement.ValueKind == JsonValueKind.Array
                && document.RootElement.EnumerateArray().All(group => group.ValueKind == JsonValueKind.Array
                    && group.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var index) && index >= 0));
            return isNested ? null : $"value {value} not in range: {Expected}";
        }
        catch (JsonException)
        {
            return $"could not parse value '{value}': {Expected}";
        }
    }
}
