using System.Text;

namespace Sagebrush.Wire.Tests.Contracts;

/// <summary>Texts that codecs like to break on.</summary>
internal static class RandomText
{
    private static readonly string[] Awkward =
    [
        "\"", "\\", "/", "<", ">", "&", "'", "]]>", "<!--", "&amp;", "&#10;", "%", "%20", "+", "=", "?", "#", ";", ",", ".", "..", "//", "~", " ", "  ",
        "\t", "\n", "\r\n", "\u00a0", "é", "ß", "中文", "🌿", "👩‍🔬", "\u202e", "\u2028", "\u0085", "\ufeff", "\ufffd", "e\u0301", "null", "true", "0",
    ];

    /// <summary>Anything a JSON string can hold, control characters included.</summary>
    public static string Unicode(Random random) =>
        Make(random, static r => r.Next(6) == 0 ? ((char)r.Next(0x20)).ToString() : r.Next(40) == 0 ? "\u007f\uffff\ufffe" : Piece(r));

    /// <summary>Anything that XML 1.0 can hold.</summary>
    public static string Xml(Random random) => Make(random, static r => r.Next(10) == 0 ? "\r" : Piece(r));

    /// <summary>What survives a client that writes XML without escaping carriage returns, as Python's does.</summary>
    public static string XmlOfClients(Random random) => Xml(random).Replace("\r", "", StringComparison.Ordinal);

    /// <summary>Letters, digits and a few harmless marks, never empty and without blanks at the ends: safe in a header.</summary>
    public static string Token(Random random)
    {
        const string Marks = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/=+";
        return string.Concat(Enumerable.Range(0, random.Next(1, 16)).Select(_ => Marks[random.Next(Marks.Length)]));
    }

    /// <summary>A lower-case word, such as the name of an item of user metadata.</summary>
    public static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => (char)random.Next('a', 'z' + 1)));

    private static string Make(Random random, Func<Random, string> piece)
    {
        var text = new StringBuilder();
        for (var i = random.Next(0, 8); i > 0; i--)
        {
            text.Append(piece(random));
        }

        return text.ToString();
    }

    private static string Piece(Random random) => random.Next(3) == 0
        ? Awkward[random.Next(Awkward.Length)]
        : ((char)random.Next('!', '~' + 1)).ToString();
}
