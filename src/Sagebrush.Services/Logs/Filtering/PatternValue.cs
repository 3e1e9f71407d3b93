using System.Globalization;
using System.Text.RegularExpressions;

namespace Sagebrush.Services.Logs.Filtering;

/// <summary>What a field is compared with: a number, a text in which * stands for anything, or a regular expression.</summary>
internal sealed class PatternValue
{
    private readonly string _text;
    private readonly double? _number;
    private readonly Regex? _regex;

    private PatternValue(string text, double? number, Regex? regex) => (_text, _number, _regex) = (text, number, regex);

    /// <summary>Reads a value: quoted, between percent signs, or bare.</summary>
    public static PatternValue Parse(PatternScanner scanner)
    {
        scanner.SkipSpace();
        switch (scanner.Peek)
        {
            case '"':
                return new PatternValue(scanner.TakeDelimited('"'), null, null);
            case '%':
                return new PatternValue("", null, Regex(scanner.TakeDelimited('%')));
            default:
                var text = scanner.TakeWhile(
                    letter => !char.IsWhiteSpace(letter) && !"{}[]()<>=!&|,\"%".Contains(letter, StringComparison.Ordinal));
                return text.Length > 0
                    ? new PatternValue(text, Number(text), null)
                    : throw scanner.Unexpected("a value");
        }
    }

    /// <summary>A regular expression that takes time in proportion to what it reads, whoever wrote it.</summary>
    public static Regex Regex(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new FilterPatternException($"The regular expression %{pattern}% is not supported: {exception.Message}");
        }
    }

    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool Equals(string text, double? number)
    {
        if (_regex is not null)
        {
            return _regex.IsMatch(text);
        }

        return _number is { } expected && number is { } actual ? actual == expected : MatchesText(text);
    }

    /// <summary>How the number compares with this one; null when either is none.</summary>
    public int? CompareNumber(double? number) =>
        number is { } actual && _number is { } expected ? actual.CompareTo(expected) : null;

    private bool MatchesText(string text)
    {
        var parts = _text.Split('*');
        if (parts.Length == 1)
        {
            return text == _text;
        }

        if (!text.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + part.Length;
        }

        return text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
