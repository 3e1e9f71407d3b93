using System.Text;

namespace Sagebrush.Services.Logs.Filtering;

/// <summary>Goes through a pattern's text from left to right.</summary>
internal sealed class PatternScanner(string text)
{
    /// <summary>What <see cref="Peek"/> is behind the last character.</summary>
    public const char End = '\0';

    private int _at;

    /// <summary>The next character.</summary>
    public char Peek => _at < text.Length ? text[_at] : End;

    /// <summary>How far it has come.</summary>
    public int Position => _at;

    public bool AtEnd => _at >= text.Length;

    public char Next() => _at < text.Length ? text[_at++] : End;

    /// <summary>What was taken since a position.</summary>
    public string TextSince(int position) => text[position.._at];

    public void SkipSpace()
    {
        while (char.IsWhiteSpace(Peek))
        {
            _at++;
        }
    }

    /// <summary>Takes the token, and the space before it, if it comes next.</summary>
    public bool TryTake(string token)
    {
        SkipSpace();
        if (string.CompareOrdinal(text, _at, token, 0, token.Length) != 0)
        {
            return false;
        }

        _at += token.Length;
        return true;
    }

    /// <summary>Takes the word in either case, if it comes next and ends there.</summary>
    public bool TryTakeWord(string word)
    {
        SkipSpace();
        if (string.Compare(text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0
            || (_at + word.Length < text.Length && char.IsAsciiLetterOrDigit(text[_at + word.Length])))
        {
            return false;
        }

        _at += word.Length;
        return true;
    }

    public void Expect(string token)
    {
        if (!TryTake(token))
        {
            throw Unexpected($"'{token}'");
        }
    }

    public string TakeWhile(Func<char, bool> belongs)
    {
        var start = _at;
        while (!AtEnd && belongs(Peek))
        {
            _at++;
        }

        return text[start.._at];
    }

    /// <summary>Takes what stands between two marks, the first of which comes next; a backslash takes the mark literally.</summary>
    public string TakeDelimited(char mark)
    {
        var start = _at++;
        var content = new StringBuilder();
        while (!AtEnd)
        {
            var letter = Next();
            if (letter == mark)
            {
                return content.ToString();
            }

            if (letter == '\\' && (Peek == mark || (mark == '"' && Peek == '\\')))
            {
                letter = Next();
            }

            content.Append(letter);
        }

        throw new FilterPatternException($"The {mark} at position {start + 1} is not closed.");
    }

    public FilterPatternException Unexpected(string expected) => new(AtEnd
        ? $"Expected {expected} at the end."
        : $"Expected {expected} at position {_at + 1}, not '{Peek}'.");
}
