using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Services.Logs.Filtering;

/// <summary>
/// Conditions on the properties of messages that are JSON: <c>{ $.a.b[0] = "x*" &amp;&amp; ($.c > 3 || $.d NOT EXISTS) }</c>.
/// </summary>
internal static class JsonPattern
{
    public static Func<string, bool> Parse(PatternScanner scanner)
    {
        scanner.Expect("{");
        var test = new LogicParser<JsonElement>(scanner, Condition).Parse();
        scanner.Expect("}");
        scanner.SkipSpace();
        return scanner.AtEnd ? message => Matches(message, test) : throw scanner.Unexpected("nothing more");
    }

    private static bool Matches(string message, Func<JsonElement, bool> test)
    {
        if (!message.AsSpan().TrimStart().StartsWith("{") && !message.AsSpan().TrimStart().StartsWith("["))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            return test(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Func<JsonElement, bool> Condition(PatternScanner scanner)
    {
        var steps = Selector(scanner);
        if (scanner.TryTakeWord("IS"))
        {
            var kind = Kind(scanner);
            return root => Select(root, steps).Any(found => found.ValueKind == kind);
        }

        if (scanner.TryTakeWord("NOT"))
        {
            return scanner.TryTakeWord("EXISTS")
                ? root => !Select(root, steps).Any()
                : throw scanner.Unexpected("EXISTS");
        }

        if (scanner.TryTakeWord("EXISTS"))
        {
            return root => Select(root, steps).Any();
        }

        var holds = PatternComparison.Parse(scanner);
        return root => Select(root, steps).Any(found => Compare(found, holds));
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

    /// <summary>Reads <c>$.name</c>, <c>$.*</c>, <c>$['name']</c>, <c>$[0]</c>, <c>$[*]</c> and what they build together.</summary>
    private static List<Step> Selector(PatternScanner scanner)
    {
        scanner.Expect("$");
        var steps = new List<Step>();
        while (true)
        {
            switch (scanner.Peek)
            {
                case '.':
                    scanner.Next();
                    var name = scanner.TakeWhile(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '@' or '*');
                    steps.Add(name.Length == 0 ? throw scanner.Unexpected("a property's name")
                        : name == "*" ? new Step(null, null)
                        : new Step(name, null));
                    break;
                case '[':
                    scanner.Next();
                    steps.Add(Bracket(scanner));
                    scanner.Expect("]");
                    break;
                default:
                    return steps;
            }
        }
    }

    private static Step Bracket(PatternScanner scanner)
    {
        scanner.SkipSpace();
        if (scanner.Peek is '\'' or '"')
        {
            return new Step(scanner.TakeDelimited(scanner.Peek), null);
        }

        if (scanner.TryTake("*"))
        {
            return new Step(null, null);
        }

        var digits = scanner.TakeWhile(char.IsAsciiDigit);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new Step(null, index)
            : throw scanner.Unexpected("an index, a quoted name or *");
    }

    private static IEnumerable<JsonElement> Select(JsonElement root, List<Step> steps) =>
        steps.Aggregate((IEnumerable<JsonElement>)[root], static (found, step) => found.SelectMany(step.From));

    /// <summary>One step down: to a property, to an element, or, with neither given, to all of either.</summary>
    private sealed record Step(string? Name, int? Index)
    {
        public IEnumerable<JsonElement> From(JsonElement element) => (element.ValueKind, Name, Index) switch
        {
            (JsonValueKind.Object, { } name, _) => element.TryGetProperty(name, out var value) ? [value] : [],
            (JsonValueKind.Array, null, { } index) => index < element.GetArrayLength() ? [element[index]] : [],
            (JsonValueKind.Array, null, null) => element.EnumerateArray(),
            (JsonValueKind.Object, null, null) => element.EnumerateObject().Select(property => property.Value),
            _ => [],
        };
    }
}
