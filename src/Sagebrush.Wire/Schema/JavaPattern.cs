using System.Text;

namespace Sagebrush.Wire.Schema;

/// <summary>Translates the models' regular expressions, written for Java, into .NET's dialect.</summary>
/// <remarks>The dialects differ, in these models, only by Java's POSIX-like character classes.</remarks>
internal static class JavaPattern
{
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
        if (!pattern.Contains(@"\p{", StringComparison.Ordinal))
        {
            return pattern;
        }

        var result = new StringBuilder(pattern.Length + 16);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                var close = pattern[i + 1] == 'p' ? pattern.IndexOf('}', i) : -1;
                if (close > i + 3 && Classes.TryGetValue(pattern[(i + 3)..close], out var ranges))
                {
                    result.Append(inClass ? ranges : $"[{ranges}]");
                    i = close;
                }
                else
                {
                    result.Append(c).Append(pattern[++i]);
                }

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
}
