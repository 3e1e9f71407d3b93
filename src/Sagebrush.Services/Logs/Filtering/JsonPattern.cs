using System.Text.Json;

namespace Sagebrush.Services.Logs.Filtering;

/// <summary>
/// Conditions on the properties of messages that are JSON: <c>{ $.a.b[0] = "x*" &amp;&amp; ($.c > 3 || $.d NOT EXISTS) }</c>.
/// </summary>
internal static class JsonPattern
{
    public static JsonMessagePattern Parse(PatternScanner scanner)
    {
        scanner.Expect("{");
        var selectors = new List<JsonSelector>();
        var test = new LogicParser<JsonElement>(scanner, inner => Condition(inner, selectors)).Parse();
        scanner.Expect("}");
        scanner.SkipSpace();
        return scanner.AtEnd ? new JsonMessagePattern(test, selectors) : throw scanner.Unexpected("nothing more");
    }

    private static Func<JsonElement, bool> Condition(PatternScanner scanner, List<JsonSelector> selectors)
    {
        var selector = JsonSelector.Parse(scanner);
        selectors.Add(selector);
        if (scanner.TryTakeWord("IS"))
        {
            var kind = Kind(scanner);
            return root => selector.Select(root).Any(found => found.ValueKind == kind);
        }

        if (scanner.TryTakeWord("NOT"))
        {
            return scanner.TryTakeWord("EXISTS")
                ? root => !selector.Select(root).Any()
                : throw scanner.Unexpected("EXISTS");
        }

        if (scanner.TryTakeWord("EXISTS"))
        {
            return root => selector.Select(root).Any();
        }

        var holds = PatternComparison.Parse(scanner);
        return root => selector.Select(root).Any(found => Compare(found, holds));
    }

    private static JsonValueKind Kind(PatternScanner scanner) =>
        scanner.TryTakeWord("NULL") ? JsonValueKind.Null
        : scanner.TryTakeWord("TRUE") ? JsonValueKind.True
        : scanner.TryTakeWord("FALSE") ? JsonValueKind.False
        : throw scanner.Unexpected("NULL, TRUE or FALSE");

    private static bool Compare(JsonElement found, Func<string, double?, bool> holds) => found.ValueKind switch
    {
        JsonValueKind.String => holds(found.GetString()!, null),
        JsonValueKind.Number => holds(found.GetRawText(), found.GetDouble()),
        JsonValueKind.True => holds("true", null),
        JsonValueKind.False => holds("false", null),
        _ => false,
    };
}
