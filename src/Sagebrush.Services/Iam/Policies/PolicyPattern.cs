using System.Text;

namespace Sagebrush.Services.Iam.Policies;

/// <summary>A text of a policy with wildcards (<c>*</c>, <c>?</c>) and variables (<c>${aws:username}</c>). Immutable.</summary>
internal sealed class PolicyPattern
{
    // Wildcards of the policy itself; what variables bring in is taken literally.
    private const char Many = '\uE000';

    private const char One = '\uE001';

    private readonly string _text;

    private readonly bool _hasVariables;

    private PolicyPattern(string text, bool hasVariables) => (_text, _hasVariables) = (text, hasVariables);

    /// <summary>Whether everything matches.</summary>
    public bool IsAny => _text is [Many];

    /// <summary>A pattern with wildcards and variables.</summary>
    public static PolicyPattern Parse(string text) => new(text.Replace('*', Many).Replace('?', One), text.Contains("${", StringComparison.Ordinal));

    /// <summary>A text that matches only itself, but for variables.</summary>
    public static PolicyPattern Literal(string text) => new(text, text.Contains("${", StringComparison.Ordinal));

    /// <summary>Whether a text matches.</summary>
    /// <param name="text">The text.</param>
    /// <param name="facts">What variables stand for; a variable without a value matches nothing.</param>
    /// <param name="ignoreCase">Whether letter case is ignored.</param>
    public bool Matches(string text, IRequestFacts facts, bool ignoreCase = false) =>
        _hasVariables ? Expand(facts) is { } pattern && Matches(pattern, text, ignoreCase) : Matches(_text, text, ignoreCase);

    /// <summary>The text with its variables replaced; null when one has no value.</summary>
    public string? Expand(IRequestFacts facts)
    {
        if (!_hasVariables)
        {
            return _text;
        }

        var expanded = new StringBuilder();
        var rest = _text.AsSpan();
        while (rest.IndexOf("${") is var start and >= 0 && rest[start..].IndexOf('}') is var length and > 0)
        {
            expanded.Append(rest[..start]);
            var name = rest.Slice(start + 2, length - 2).ToString();
            var comma = name.IndexOf(',', StringComparison.Ordinal);
            var usual = comma < 0 ? null : name[(comma + 1)..].Trim().Trim('\'');
            var value = name switch
            {
                [Many] => "*",
                [One] => "?",
                "$" => "$",
                _ => facts.Values(comma < 0 ? name : name[..comma].Trim()) is [var only] ? only : usual,
            };
            if (value is null)
            {
                return null;
            }

            expanded.Append(value);
            rest = rest[(start + length + 1)..];
        }

        return expanded.Append(rest).ToString();
    }

    /// <summary>Matches in time proportional to both lengths multiplied at worst, without recursion.</summary>
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase)
    {
        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == Many)
            {
                star = p++;
                mark = t;
            }
            else if (p < pattern.Length && (pattern[p] == One || Equal(pattern[p], text[t], ignoreCase)))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart(Many).IsEmpty;
    }

    private static bool Equal(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
