using System.Text;

namespace Sagebrush.Wire.Schema;

/// <summary>Translates the models' regular expressions, written for Java, into .NET's dialect.</summary>
/// <remarks>
/// Java's <c>\d</c>, <c>\w</c> and <c>\s</c> know ASCII only, its dot stops at every line terminator, it has POSIX-like classes, it
/// reads two escaped surrogates as one character, and it lets any non-letter be escaped.
/// </remarks>
internal static class JavaPattern
{
    // A range of supplementary characters; .NET sees UTF-16 units, and no lone half of a pair gets as far as a pattern.
    private const string SupplementaryRange = @"\uD800\uDC00-\uDBFF\uDFFF";

    private const string Surrogates = @"\uD800-\uDFFF";

    private const string AnyButLineTerminators = @"[^\n\r\u0085\u2028\u2029]";

    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["ASCII"] = @"\x00-\x7F",
        ["Print"] = @"\x20-\x7E",
        ["Graph"] = @"\x21-\x7E",
        ["Alnum"] = "a-zA-Z0-9",
        ["Alpha"] = "a-zA-Z",
        ["Digit"] = "0-9",
        ["Upper"] = "A-Z",
        ["Lower"] = "a-z",
        ["Punct"] = @"!-/:-@\[-`{-~",
        ["Space"] = @"\x20\t\n\x0B\f\r",
        ["XDigit"] = "0-9a-fA-F",
        ["IsAlphabetic"] = @"\p{L}",
    };

    public static string ToDotNet(string pattern)
    {
        var java = pattern.Replace(SupplementaryRange, Surrogates, StringComparison.Ordinal);
        var result = new StringBuilder(java.Length + 32);
        var inClass = false;
        for (var i = 0; i < java.Length; i++)
        {
            var c = java[i];
            if (c == '\\' && i + 1 < java.Length)
            {
                i = Escape(java, i, inClass, result);
                continue;
            }

            if (c == '.' && !inClass)
            {
                result.Append(AnyButLineTerminators);
                continue;
            }

            inClass = c switch
            {
                '[' => true,
                ']' => false,
                _ => inClass,
            };
            result.Append(c);
        }

        return result.ToString();
    }

    /// <summary>Translates the escape at <paramref name="at"/> and returns the index of its last character.</summary>
    private static int Escape(string java, int at, bool inClass, StringBuilder result)
    {
        var c = java[at + 1];
        if (c == 'p' && java.IndexOf('}', at) is var close && close > at + 3 && Classes.TryGetValue(java[(at + 3)..close], out var named))
        {
            result.Append(inClass ? named : $"[{named}]");
            return close;
        }

        var ranges = char.ToLowerInvariant(c) switch
        {
            'd' => Classes["Digit"],
            'w' => "a-zA-Z0-9_",
            's' => Classes["Space"],
            _ => null,
        };
        if (ranges is not null && (char.IsLower(c) || !inClass))
        {
            result.Append((inClass, char.IsUpper(c)) switch
            {
                (true, _) => ranges,
                (false, false) => $"[{ranges}]",
                (false, true) => $"[^{ranges}]",
            });
        }
        else if (c == '_')
        {
            result.Append(c);
        }
        else
        {
            result.Append('\\').Append(c);
        }

        return at + 1;
    }
}
