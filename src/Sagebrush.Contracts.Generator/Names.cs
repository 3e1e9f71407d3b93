using System.Text;

namespace Sagebrush.Contracts.Generator;

/// <summary>Turns the models' names into C# ones.</summary>
internal static class Names
{
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["sagemaker"] = "SageMaker",
        ["cloudwatch"] = "CloudWatch",
        ["autoscaling"] = "AutoScaling",
        ["featurestore"] = "FeatureStore",
        ["a2i"] = "A2I",
    };

    public static string Service(string file) =>
        string.Concat(file.Split('-').Select(word => Words.TryGetValue(word, out var name) ? name : Pascal(word)));

    public static string Pascal(string name) => char.IsLower(name[0]) ? char.ToUpperInvariant(name[0]) + name[1..] : name;

    /// <summary>An enumeration's value as an identifier: <c>ml.m5.large</c> → <c>MlM5Large</c>.</summary>
    public static string EnumConstant(string value)
    {
        var result = new StringBuilder();
        var upper = true;
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                upper = true;
                continue;
            }

            result.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        // FULLY_SHOUTED words read better as PascalCase.
        var text = result.ToString();
        if (value.Any(char.IsAsciiLetterUpper) && !value.Any(char.IsAsciiLetterLower))
        {
            text = string.Concat(value.Split(['_', '-', '.', ' ', ':', '/', '*'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => string.Concat(word.Where(char.IsAsciiLetterOrDigit)))
                .Where(word => word.Length > 0)
                .Select(word => char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()));
        }

        return text.Length == 0 ? "Empty" : char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }

    /// <summary>A C# string literal.</summary>
    public static string Literal(string text)
    {
        var result = new StringBuilder("\"", text.Length + 8);
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' or > '~' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return result.Append('"').ToString();
    }
}
