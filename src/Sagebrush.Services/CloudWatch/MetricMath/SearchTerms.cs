using Sagebrush.State.Metrics;

namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>Reads the words of a search. Words side by side must all match.</summary>
internal sealed class SearchTerms(string text)
{
    private const int DeepestNesting = 32;

    private int _at;
    private int _depth;

    /// <exception cref="ExpressionException">They cannot be read.</exception>
    public Func<MetricKey, bool> Read()
    {
        SkipSpace();
        if (_at == text.Length)
        {
            return static _ => true;
        }

        var all = ReadAny();
        return _at == text.Length ? all : throw new ExpressionException($"SEARCH: unexpected '{text[_at]}'.");
    }

    private Func<MetricKey, bool> ReadAny()
    {
        var left = ReadAll();
        while (TakeWord("OR"))
        {
            var (one, other) = (left, ReadAll());
            left = metric => one(metric) || other(metric);
        }

        return left;
    }

    private Func<MetricKey, bool> ReadAll()
    {
        var left = ReadOne();
        while (true)
        {
            SkipSpace();
            if (!TakeWord("AND") && (_at == text.Length || text[_at] == ')' || PeekWord("OR")))
            {
                return left;
            }

            var (one, other) = (left, ReadOne());
            left = metric => one(metric) && other(metric);
        }
    }

    private Func<MetricKey, bool> ReadOne()
    {
        if (++_depth > DeepestNesting)
        {
            throw new ExpressionException($"SEARCH: more than {DeepestNesting} levels of nesting.");
        }

        try
        {
            SkipSpace();
            if (TakeWord("NOT"))
            {
                var inner = ReadOne();
                return metric => !inner(metric);
            }

            if (Take('('))
            {
                var inner = ReadAny();
                SkipSpace();
                return Take(')') ? inner : throw new ExpressionException("SEARCH: a ) is missing.");
            }

            return ReadTerm();
        }
        finally
        {
            _depth--;
        }
    }

    private Func<MetricKey, bool> ReadTerm()
    {
        var (word, exact) = ReadWord();
        SkipSpace();
        if (!Take('='))
        {
            return metric => Parts(metric, null).Any(part => Matches(part, word, exact));
        }

        SkipSpace();
        if (!Take('('))
        {
            var (value, whole) = ReadWord();
            return metric => Parts(metric, word).Any(part => Matches(part, value, whole));
        }

        // Key=("one" OR "other")
        var choices = new List<(string Value, bool Whole)>();
        do
        {
            SkipSpace();
            choices.Add(ReadWord());
        }
        while (TakeWord("OR"));
        SkipSpace();
        return Take(')')
            ? metric => Parts(metric, word).Any(part => choices.Exists(one => Matches(part, one.Value, one.Whole)))
            : throw new ExpressionException("SEARCH: a ) is missing.");
    }

    private static IEnumerable<string> Parts(MetricKey metric, string? key) => key switch
    {
        null => metric.Dimensions.SelectMany(one => new[] { one.Name, one.Value }).Prepend(metric.Name).Prepend(metric.Namespace),
        "Namespace" => [metric.Namespace],
        "MetricName" => [metric.Name],
        _ => metric.Dimensions.Find(key) is { } value ? [value] : [],
    };

    private static bool Matches(string part, string word, bool exact) =>
        exact ? part == word : part.Contains(word, StringComparison.OrdinalIgnoreCase);

    private (string Word, bool Exact) ReadWord()
    {
        if (Take('"'))
        {
            var end = text.IndexOf('"', _at);
            if (end < 0)
            {
                throw new ExpressionException("SEARCH: a quote is not closed.");
            }

            var quoted = text[_at..end];
            _at = end + 1;
            return (quoted, true);
        }

        var start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('=' or '(' or ')' or '"'))
        {
            _at++;
        }

        return _at > start ? (text[start.._at], false) : throw new ExpressionException("SEARCH: a word is missing.");
    }

    private bool PeekWord(string word)
    {
        SkipSpace();
        return text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal)
            && (_at + word.Length == text.Length || char.IsWhiteSpace(text[_at + word.Length]) || text[_at + word.Length] == '(');
    }

    private bool TakeWord(string word)
    {
        if (!PeekWord(word))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool Take(char one)
    {
        if (_at < text.Length && text[_at] == one)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }
}
