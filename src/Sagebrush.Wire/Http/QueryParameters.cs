namespace Sagebrush.Wire.Http;

/// <summary>The parameters of a request's query string, decoded, in their order.</summary>
public sealed class QueryParameters
{
    private readonly List<KeyValuePair<string, string?>> _all = [];

    /// <summary>Reads <paramref name="query"/>, which begins after the question mark.</summary>
    public QueryParameters(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            var part = query[range];
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            _all.Add(equals < 0
                ? new(PercentEncoding.Decode(part, plusIsSpace: true), null)
                : new(PercentEncoding.Decode(part[..equals], plusIsSpace: true), PercentEncoding.Decode(part[(equals + 1)..], plusIsSpace: true)));
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> All => _all;

    /// <summary>Whether <paramref name="name"/> is there, with or without a value.</summary>
    public bool Has(string name) => _all.Exists(p => p.Key == name);

    /// <summary>The first value of <paramref name="name"/>: empty where it stands without one, null where it is not there.</summary>
    public string? this[string name] => _all.FindIndex(p => p.Key == name) is var i and >= 0 ? _all[i].Value ?? "" : null;

    /// <summary>All values of <paramref name="name"/>.</summary>
    public List<string> Values(string name) => [.. _all.Where(p => p.Key == name).Select(p => p.Value ?? "")];
}
