namespace Sagebrush.Clients.Tests.Hostile;

/// <summary>Spoils a text that was right: the same seed spoils it the same way.</summary>
internal sealed class TextMutation(int seed)
{
    private static readonly string[] Pieces =
    [
        "", " ", ",", "=", "&", ";", "/", "%", "%00", "%2F", "%zz", "\t", "\"", "{", "0", "A", "a", "é", "AWS4-HMAC-SHA256", "Credential=", "Signature=", "SignedHeaders=",
        "X-Amz-Signature=", "X-Amz-Date=20200101T000000Z", "&X-Amz-Expires=-1", "host;", "aws4_request", "99999999999999999999", "-1", new('f', 64), new('x', 3000),
    ];

    private readonly Random _random = new(seed);

    /// <summary>A number that chooses what to spoil.</summary>
    public int Next(int limit) => _random.Next(limit);

    /// <summary>Cuts a run out of a text, repeats it, changes a letter, or puts a strange piece in.</summary>
    public string Spoil(string text)
    {
        var at = _random.Next(text.Length + 1);
        var length = _random.Next(1, 12);
        var end = Math.Min(text.Length, at + length);
        var spoiled = _random.Next(5) switch
        {
            0 => text[..at] + text[end..],
            1 => text[..end] + text[at..end] + text[end..],
            2 => text[..at],
            3 when at < text.Length => text[..at] + Other(text[at]) + text[(at + 1)..],
            _ => text[..at] + Pieces[_random.Next(Pieces.Length)] + text[at..],
        };
        return spoiled == text ? text + "x" : spoiled;
    }

    private static char Other(char letter) => letter == 'a' ? 'b' : char.IsAsciiLetterOrDigit(letter) && letter != '0' ? '0' : 'a';
}
