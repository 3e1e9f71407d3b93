using System.Globalization;
using System.Text.Json;

namespace Sagebrush.Services.Logs.Filtering;

/// <summary>Points at properties of a message that is JSON: <c>$.name</c>, <c>$.*</c>, <c>$['name']</c>, <c>$[0]</c>, <c>$[*]</c> and what they build together.</summary>
internal sealed class JsonSelector
{
    private readonly List<Step> _steps = [];

    private JsonSelector(PatternScanner scanner)
    {
        var start = scanner.Position;
        scanner.Expect("$");
        while (true)
        {
            switch (scanner.Peek)
            {
                case '.':
                    scanner.Next();
                    var name = scanner.TakeWhile(letter => char.IsLetterOrDigit(letter) || letter is '_' or '-' or '@' or '*');
                    _steps.Add(name.Length == 0 ? throw scanner.Unexpected("a property's name")
                        : name == "*" ? new Step(null, null)
                        : new Step(name, null));
                    break;
                case '[':
                    scanner.Next();
                    _steps.Add(Bracket(scanner));
                    scanner.Expect("]");
                    break;
                default:
                    Text = scanner.TextSince(start);
                    return;
            }
        }
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <exception cref="FilterPatternException">What comes next is no selector.</exception>
    public static JsonSelector Parse(PatternScanner scanner)
    {
        scanner.SkipSpace();
        return new JsonSelector(scanner);
    }

    /// <summary>All that it points at.</summary>
    public IEnumerable<JsonElement> Select(JsonElement root) =>
        _steps.Aggregate((IEnumerable<JsonElement>)[root], static (found, step) => found.SelectMany(step.From));

    /// <summary>The first text, number or truth it points at, as text; null when there is none.</summary>
    public string? Value(JsonElement root)
    {
        foreach (var found in Select(root))
        {
            if (found.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
            {
                return found.ToString();
            }
        }

        return null;
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
