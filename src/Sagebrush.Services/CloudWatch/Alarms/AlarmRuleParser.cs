using System.Globalization;
using Sagebrush.Contracts.CloudWatch;

namespace Sagebrush.Services.CloudWatch.Alarms;

/// <summary>Reads the rules of composite alarms.</summary>
internal sealed class AlarmRuleParser(string text)
{
    private const int DeepestNesting = 64;

    private int _at;
    private int _depth;

    /// <exception cref="FormatException">It is no rule.</exception>
    public AlarmRule Read()
    {
        var rule = ReadJoined(all: false);
        SkipSpace();
        return _at == text.Length ? rule : throw Unexpected();
    }

    private AlarmRule ReadJoined(bool all)
    {
        var parts = new List<AlarmRule>();
        do
        {
            parts.Add(all ? ReadOne() : ReadJoined(all: true));
        }
        while (TakeWord(all ? "AND" : "OR"));
        return parts.Count == 1 ? parts[0] : new AlarmRule.Joined(all, parts);
    }

    private AlarmRule ReadOne()
    {
        if (++_depth > DeepestNesting)
        {
            throw new FormatException($"more than {DeepestNesting} levels of nesting");
        }

        try
        {
            if (TakeWord("NOT"))
            {
                return new AlarmRule.Not(ReadOne());
            }

            if (Take('('))
            {
                var inner = ReadJoined(all: false);
                Demand(')');
                return inner;
            }

            return ReadLeaf();
        }
        finally
        {
            _depth--;
        }
    }

    private AlarmRule ReadLeaf()
    {
        if (TakeWord("TRUE"))
        {
            return new AlarmRule.Constant(true);
        }

        if (TakeWord("FALSE"))
        {
            return new AlarmRule.Constant(false);
        }

        if (TakeWord("AT_LEAST"))
        {
            return ReadAtLeast();
        }

        var state = ReadState();
        Demand('(');
        var name = ReadName();
        Demand(')');
        return new AlarmRule.Condition(state, name);
    }

    private AlarmRule.AtLeast ReadAtLeast()
    {
        Demand('(');
        SkipSpace();
        var place = _at;
        var (number, isShare) = (ReadNumber(), Take('%'));
        Demand(',');
        var negated = TakeWord("NOT");
        var state = ReadState();
        Demand(',');
        Demand('(');
        List<AlarmRule> parts = [];
        do
        {
            var condition = new AlarmRule.Condition(state, ReadName(inList: true));
            parts.Add(negated ? new AlarmRule.Not(condition) : condition);
        }
        while (Take(','));
        Demand(')');
        Demand(')');
        var most = isShare ? 100 : parts.Count;
        return number >= 1 && number <= most
            ? new AlarmRule.AtLeast(isShare ? ((number * parts.Count) + 99) / 100 : number, parts)
            : throw new FormatException($"the number at position {place + 1} must be from 1 to {most}");
    }

    private int ReadNumber()
    {
        SkipSpace();
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }

        return int.TryParse(text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unexpected();
    }

    private string ReadState()
    {
        foreach (var state in (string[])[StateValue.Alarm, StateValue.Ok, StateValue.InsufficientData])
        {
            if (TakeWord(state))
            {
                return state;
            }
        }

        throw Unexpected();
    }

    private string ReadName(bool inList = false)
    {
        SkipSpace();
        var quoted = Take('"');
        var start = _at;
        while (_at < text.Length && (quoted ? text[_at] != '"' : text[_at] != ')' && !(inList && text[_at] == ',')))
        {
            _at++;
        }

        var name = quoted ? text[start.._at] : text[start.._at].Trim();
        if (quoted)
        {
            Demand('"');
        }

        return name.Length > 0 ? AlarmRule.NameOf(name) : throw Unexpected();
    }

    private bool TakeWord(string word)
    {
        SkipSpace();
        if (!text.AsSpan(_at).StartsWith(word, StringComparison.OrdinalIgnoreCase)
            || (_at + word.Length < text.Length && (char.IsAsciiLetterOrDigit(text[_at + word.Length]) || text[_at + word.Length] == '_')))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    private bool Take(char one)
    {
        SkipSpace();
        if (_at < text.Length && text[_at] == one)
        {
            _at++;
            return true;
        }

        return false;
    }

    private void Demand(char one)
    {
        if (!Take(one))
        {
            throw Unexpected();
        }
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private FormatException Unexpected() => new(
        _at < text.Length ? $"unexpected '{text[_at]}' at position {_at + 1}" : "it ends too early");
}
