using System.Globalization;

namespace Sagebrush.Services.CloudWatch.MetricMath;

/// <summary>Reads metric math: numbers, ids, texts, <c>+ - * / ^</c>, comparisons, <c>&amp;&amp;</c>, <c>||</c>, functions and brackets.</summary>
internal sealed class ExpressionParser
{
    private const int DeepestNesting = 64;

    // Operators that bind alike, loosest first.
    private static readonly string[][] Levels = [["||", "OR"], ["&&", "AND"], ["==", "!=", "<=", ">=", "<", ">"], ["+", "-"], ["*", "/"], ["^"]];

    private readonly string _text;
    private int _at;
    private int _depth;

    private ExpressionParser(string text) => _text = text;

    /// <exception cref="ExpressionException">It is none.</exception>
    public static Expression Parse(string text)
    {
        var parser = new ExpressionParser(text);
        var expression = parser.ReadLevel(0);
        parser.SkipSpace();
        return parser._at == text.Length ? expression : throw parser.Unexpected();
    }

    private Expression ReadLevel(int level)
    {
        if (level == Levels.Length)
        {
            return ReadUnary();
        }

        var left = ReadLevel(level + 1);
        while (TakeOperator(Levels[level]) is { } found)
        {
            // A power of a power is worked out from the right; all others from the left.
            left = new Expression.Binary(Canonical(found), left, ReadLevel(found == "^" ? level : level + 1));
        }

        return left;
    }

    private static string Canonical(string found) => found switch
    {
        "AND" => "&&",
        "OR" => "||",
        _ => found,
    };

    private Expression ReadUnary()
    {
        if (++_depth > DeepestNesting)
        {
            throw new ExpressionException($"More than {DeepestNesting} levels of nesting.");
        }

        try
        {
            SkipSpace();
            if (Take('-'))
            {
                return new Expression.Negative(ReadUnary());
            }

            return Take('+') ? ReadUnary() : ReadPrimary();
        }
        finally
        {
            _depth--;
        }
    }

    private Expression ReadPrimary()
    {
        SkipSpace();
        if (_at == _text.Length)
        {
            throw Unexpected();
        }

        var first = _text[_at];
        if (Take('('))
        {
            var inner = ReadLevel(0);
            Demand(')');
            return inner;
        }

        if (Take('['))
        {
            return new Expression.Sequence(ReadList(']'));
        }

        if (first is '\'' or '"')
        {
            return ReadText(first);
        }

        if (char.IsAsciiDigit(first) || first == '.')
        {
            return ReadNumber();
        }

        if (!char.IsAsciiLetter(first) && first != '_')
        {
            throw Unexpected();
        }

        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        var name = _text[start.._at];
        SkipSpace();
        return Take('(') ? new Expression.Call(name.ToUpperInvariant(), ReadList(')')) : new Expression.Name(name);
    }

    private List<Expression> ReadList(char end)
    {
        var items = new List<Expression>();
        SkipSpace();
        if (Take(end))
        {
            return items;
        }

        do
        {
            items.Add(ReadLevel(0));
            SkipSpace();
        }
        while (Take(','));
        Demand(end);
        return items;
    }

    private Expression.Text ReadText(char quote)
    {
        // A search has quotes of its own inside: a backslash before one keeps it from ending the text.
        var text = new System.Text.StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            var one = _text[_at];
            if (one == quote)
            {
                _at++;
                return new Expression.Text(text.ToString());
            }

            if (one == '\\' && _at + 1 < _text.Length)
            {
                one = _text[++_at];
            }

            text.Append(one);
        }

        throw new ExpressionException("A text is not closed.");
    }

    private Expression.Number ReadNumber()
    {
        var start = _at;
        while (_at < _text.Length
            && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.'
                || (_text[_at] is 'e' or 'E') || (_text[_at] is '+' or '-' && _text[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        var text = _text[start.._at];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? new Expression.Number(value)
            : throw new ExpressionException($"'{text}' is not a number.");
    }

    private string? TakeOperator(string[] operators)
    {
        SkipSpace();
        foreach (var one in operators)
        {
            if (_text.AsSpan(_at).StartsWith(one, StringComparison.Ordinal)
                && !(char.IsAsciiLetter(one[0]) && _at + one.Length < _text.Length && char.IsAsciiLetterOrDigit(_text[_at + one.Length])))
            {
                _at += one.Length;
                return one;
            }
        }

        return null;
    }

    private bool Take(char one)
    {
        if (_at < _text.Length && _text[_at] == one)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Demand(char one)
    {
        SkipSpace();
        if (!Take(one))
        {
            throw Unexpected();
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private ExpressionException Unexpected() => new(
        _at < _text.Length ? $"Unexpected '{_text[_at]}' at position {_at + 1}." : "The expression ends too early.");
}
