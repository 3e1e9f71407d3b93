using System.Text.RegularExpressions;
using Sagebrush.Contracts.SageMaker;

namespace Sagebrush.Services.Hosting.Explaining;

/// <summary>Cuts texts into tokens, sentences or paragraphs.</summary>
/// <remarks>
/// By rules that hold for all of the API's languages: words with their apostrophes and hyphens, marks for themselves, and where a language
/// puts no spaces between words, single characters.
/// </remarks>
internal static partial class TextUnits
{
    /// <summary>The units of a text, in their order.</summary>
    public static IReadOnlyList<TextUnit> Of(string text, string granularity)
    {
        var pattern = granularity switch
        {
            ClarifyTextGranularity.Sentence => Sentences(),
            ClarifyTextGranularity.Paragraph => Paragraphs(),
            _ => Tokens(),
        };
        List<TextUnit> units = [];
        var (at, characters) = (0, 0);
        foreach (Match match in pattern.Matches(text))
        {
            for (; at < match.Index; at++)
            {
                characters += char.IsLowSurrogate(text[at]) ? 0 : 1;
            }

            units.Add(new(match.Value.TrimEnd(), match.Index, characters));
        }

        return units;
    }

    /// <summary>A text with some of its units replaced; a unit without a replacement goes, and the space after it.</summary>
    public static string Replace(string text, IReadOnlyList<TextUnit> units, ReadOnlySpan<bool> present, string replacement)
    {
        var result = new System.Text.StringBuilder(text.Length);
        var at = 0;
        for (var i = 0; i < units.Count; i++)
        {
            if (present[i])
            {
                continue;
            }

            var unit = units[i];
            result.Append(text, at, unit.Start - at).Append(replacement);
            at = unit.End;
            while (replacement.Length == 0 && at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    [GeneratedRegex(
        @"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]|" +
        @"[\p{L}\p{N}\p{M}_-[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]]+" +
        @"(?:['’\-.](?=[\p{L}\p{N}])[\p{L}\p{N}\p{M}_-[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f]]+)*|" +
        @"[\ud800-\udbff][\udc00-\udfff]|\S")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"\S.*?(?:[.!?…]+[""'”’)\]]*(?=\s|\z)|[。！？]+|(?=\s*\n\s*\n)|\z)", RegexOptions.Singleline)]
    private static partial Regex Sentences();

    [GeneratedRegex(@"[^\s][^\r\n]*")]
    private static partial Regex Paragraphs();
}
