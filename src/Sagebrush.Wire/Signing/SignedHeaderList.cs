using System.Collections.Concurrent;

namespace Sagebrush.Wire.Signing;

/// <summary>The names in <c>SignedHeaders</c>, split once per distinct list.</summary>
internal sealed class SignedHeaderList
{
    private const int MaxRemembered = 512;

    private static readonly ConcurrentDictionary<string, SignedHeaderList> Known = new(StringComparer.Ordinal);

    private volatile bool _remembered;

    private SignedHeaderList(string text, string[] names)
    {
        Text = text;
        Names = names;
        HasHost = names.Contains("host");
        HasTarget = names.Contains("x-amz-target");
        HasToken = names.Contains("x-amz-security-token");
    }

    /// <summary>The list as it was sent.</summary>
    public string Text { get; }

    public string[] Names { get; }

    public bool HasHost { get; }

    public bool HasTarget { get; }

    public bool HasToken { get; }

    /// <summary>Splits a list; null when a name is empty or not in lower case.</summary>
    public static SignedHeaderList? Parse(ReadOnlySpan<char> text)
    {
        if (Known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known))
        {
            return known;
        }

        foreach (var range in text.Split(';'))
        {
            var name = text[range];
            if (name.IsEmpty || name.ContainsAnyExceptInRange('!', '~') || name.ContainsAnyInRange('A', 'Z') || name.Contains(':'))
            {
                return null;
            }
        }

        var list = text.ToString();
        return new SignedHeaderList(list, list.Split(';'));
    }

    /// <summary>Keeps the list for later requests; called only for verified ones, so that the memory stays with users.</summary>
    public void Remember()
    {
        if (!_remembered && Known.Count < MaxRemembered)
        {
            Known.TryAdd(Text, this);
            _remembered = true;
        }
    }

    public bool Contains(string lowerCaseName) => Names.Contains(lowerCaseName);
}
