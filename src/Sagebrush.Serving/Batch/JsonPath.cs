using System.Globalization;
using System.Text.Json.Nodes;

namespace Sagebrush.Serving.Batch;

/// <summary>The part of JSONPath that batch transform's filters have: names, lists of names, wildcards, indexes, lists of them, slices.</summary>
/// <remarks>
/// As SageMaker's Developer Guide, "Associate Prediction Results with Input Records", describes it. Its slices include both their
/// ends: <c>$[1:4]</c> is the second to the fifth element. Negative indexes count from the end.
/// </remarks>
public sealed class JsonPath
{
    private readonly List<Step> _steps = [];

    private JsonPath(string text) => Text = text;

    /// <summary>The path as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it is <c>$</c>: everything.</summary>
    public bool IsRoot => _steps.Count == 0;

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">It is none; the message says where it breaks.</exception>
    public static JsonPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var path = new JsonPath(text);
        var rest = text.AsSpan().Trim();
        if (rest is not ['$', ..])
        {
            throw path.Broken("it must begin with $");
        }

        rest = rest[1..];
        while (!rest.IsEmpty)
        {
            rest = rest switch
            {
                ['.', '[', ..] or ['[', ..] => path.ReadBrackets(rest[(rest[0] == '.' ? 2 : 1)..]),
                ['.', '*', .. var after] => path.Add(new Step(StepKind.All), after),
                ['.', .. var after] => path.ReadName(after),
                _ => throw path.Broken($"'{rest}' is neither .name nor [ ]"),
            };
        }

        return path;
    }

    /// <summary>What a path picks from the cells of a row.</summary>
    /// <exception cref="BatchInputException">It picks by name, or a cell that is not there.</exception>
    public IReadOnlyList<string> Pick(IReadOnlyList<string> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        foreach (var step in _steps)
        {
            if (step.Kind is StepKind.Names)
            {
                throw new BatchInputException($"'{Text}' picks by name, but the cells of a CSV record have no names: use indexes, as in $[0].");
            }

            cells = [.. step.Indexes(cells.Count, Text).Select(index => cells[index])];
        }

        return cells;
    }

    /// <summary>What a path picks from a JSON value: the value itself, an object of several names, or a list of several elements.</summary>
    /// <exception cref="BatchInputException">What it picks is not there.</exception>
    public JsonNode? Pick(JsonNode? value)
    {
        foreach (var step in _steps)
        {
            value = Pick(value, step);
        }

        return value;
    }

    private JsonNode? Pick(JsonNode? value, Step step)
    {
        switch (value)
        {
            case JsonObject node when step.Kind == StepKind.All:
                return new JsonArray([.. node.Select(member => member.Value?.DeepClone())]);
            case JsonObject node when step.Kind == StepKind.Names:
                return step.Names is [var only]
                    ? Member(node, only)
                    : new JsonObject(step.Names.Select(name => KeyValuePair.Create(name, Member(node, name)?.DeepClone())));
            case JsonArray list when step.Kind != StepKind.Names:
                var picked = step.Indexes(list.Count, Text).ToList();
                return step is { Kind: StepKind.Indexes, Numbers.Count: 1 }
                    ? list[picked[0]]
                    : new JsonArray([.. picked.Select(index => list[index]?.DeepClone())]);
            default:
                throw new BatchInputException($"'{Text}' picks nothing from {(value is null ? "null" : value.ToJsonString())}.");
        }
    }

    private JsonNode? Member(JsonObject node, string name) =>
        node.TryGetPropertyValue(name, out var value)
            ? value
            : throw new BatchInputException($"'{Text}' picks \"{name}\", which a record does not have.");

    private ReadOnlySpan<char> Add(Step step, ReadOnlySpan<char> rest)
    {
        _steps.Add(step);
        return rest;
    }

    private ReadOnlySpan<char> ReadName(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny('.', '[');
        var name = end < 0 ? rest : rest[..end];
        return name.IsEmpty
            ? throw Broken("a name is missing after '.'")
            : Add(new Step(StepKind.Names) { Names = [name.ToString()] }, end < 0 ? [] : rest[end..]);
    }

    private ReadOnlySpan<char> ReadBrackets(ReadOnlySpan<char> rest)
    {
        var inside = rest.TrimStart();
        if (inside is ['\'' or '"', ..])
        {
            return ReadNames(inside);
        }

        var end = rest.IndexOf(']');
        if (end < 0)
        {
            throw Broken("a ']' is missing");
        }

        var content = rest[..end].Trim();
        var after = rest[(end + 1)..];
        if (content is "*")
        {
            return Add(new Step(StepKind.All), after);
        }

        if (content.IndexOf(':') is var colon and >= 0)
        {
            var from = content[..colon].Trim();
            var to = content[(colon + 1)..].Trim();
            return Add(new Step(StepKind.Slice) { Numbers = [from.IsEmpty ? 0 : Number(from), to.IsEmpty ? -1 : Number(to)] }, after);
        }

        List<int> numbers = [];
        foreach (var part in content.Split(','))
        {
            numbers.Add(Number(content[part].Trim()));
        }

        return Add(new Step(StepKind.Indexes) { Numbers = numbers }, after);
    }

    private ReadOnlySpan<char> ReadNames(ReadOnlySpan<char> rest)
    {
        List<string> names = [];
        while (true)
        {
            if (rest is not ['\'' or '"', ..] || rest[1..].IndexOf(rest[0]) is not (var length and >= 0))
            {
                throw Broken("names in brackets must stand in quotes");
            }

            names.Add(rest.Slice(1, length).ToString());
            rest = rest[(length + 2)..].TrimStart();
            switch (rest)
            {
                case [',', .. var next]:
                    rest = next.TrimStart();
                    break;
                case [']', .. var after]:
                    return Add(new Step(StepKind.Names) { Names = names }, after);
                default:
                    throw Broken("a ']' is missing");
            }
        }
    }

    private int Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Broken($"'{text}' is no index");

    private FormatException Broken(string why) => new($"'{Text}' is no JSONPath of those supported: {why}.");

    private enum StepKind
    {
        Names,
        All,
        Indexes,
        Slice,
    }

    private sealed record Step(StepKind Kind)
    {
        public List<string> Names { get; init; } = [];

        public List<int> Numbers { get; init; } = [];

        public IEnumerable<int> Indexes(int count, string path)
        {
            switch (Kind)
            {
                case StepKind.Slice:
                    var first = Math.Max(0, FromEnd(Numbers[0], count));
                    return Enumerable.Range(first, Math.Max(0, Math.Min(count - 1, FromEnd(Numbers[1], count)) - first + 1));
                case StepKind.Indexes:
                    return Numbers.Select(number => FromEnd(number, count) is var index && index >= 0 && index < count
                        ? index
                        : throw new BatchInputException($"'{path}' picks element {number}, but a record has {count}."));
                default:
                    return Enumerable.Range(0, count);
            }
        }

        private static int FromEnd(int number, int count) => number < 0 ? count + number : number;
    }
}
