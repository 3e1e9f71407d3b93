using System.Text.Json;

namespace Sagebrush.Services.Logs.Filtering;

/// <summary>A pattern of conditions on JSON, with the selectors it names.</summary>
internal sealed class JsonMessagePattern(Func<JsonElement, bool> test, IReadOnlyList<JsonSelector> selectors) : IMessagePattern
{
    /// <summary>Whether a message matches.</summary>
    public bool Matches(string message) => With(message, test);

    public IReadOnlyDictionary<string, string>? Match(string message) => With<Dictionary<string, string>?>(message, root =>
    {
        if (!test(root))
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var selector in selectors)
        {
            if (selector.Value(root) is { } value)
            {
                values[selector.Text] = value;
            }
        }

        return values;
    });

    public Func<string, string?>? Reference(string reference)
    {
        if (!reference.StartsWith("$.", StringComparison.Ordinal) && !reference.StartsWith("$[", StringComparison.Ordinal))
        {
            return null;
        }

        var scanner = new PatternScanner(reference);
        var selector = JsonSelector.Parse(scanner);
        return scanner.AtEnd ? message => With(message, selector.Value) : throw scanner.Unexpected("nothing more");
    }

    private static T? With<T>(string message, Func<JsonElement, T> use)
    {
        if (!message.AsSpan().TrimStart().StartsWith("{") && !message.AsSpan().TrimStart().StartsWith("["))
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            return use(document.RootElement);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
