using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Wire.Http;

/// <summary>One operation's method, path template and the query parameters and headers that tell it from its neighbours.</summary>
internal sealed class RestRoute
{
    private readonly string[] _segments;
    private readonly List<(string Name, string? Value)> _queryLiterals = [];

    public RestRoute(OperationInfo operation)
    {
        Operation = operation;
        var question = operation.Uri.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? operation.Uri : operation.Uri[..question];
        _segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (question >= 0)
        {
            foreach (var part in operation.Uri[(question + 1)..].Split('&'))
            {
                var equals = part.IndexOf('=', StringComparison.Ordinal);
                _queryLiterals.Add(equals < 0 ? (part, null) : (part[..equals], part[(equals + 1)..]));
            }
        }

        // The more a route demands, the more it is meant.
        Weight = (_queryLiterals.Count + operation.RequiredQuery.Count + operation.RequiredHeaders.Count) * 16
            + _segments.Count(s => s[0] != '{');
    }

    public OperationInfo Operation { get; }

    public int Weight { get; }

    /// <summary>Whether the request is this operation's; fills <paramref name="labels"/> with the path's decoded labels.</summary>
    public bool Matches(string method, string rawPath, QueryParameters query, IHeaderDictionary headers, Dictionary<string, string> labels)
    {
        if (method != Operation.Method || !MatchesQuery(query) || !Operation.RequiredHeaders.All(headers.ContainsKey))
        {
            return false;
        }

        return MatchesPath(rawPath, labels);
    }

    private bool MatchesQuery(QueryParameters query)
    {
        foreach (var (name, value) in _queryLiterals)
        {
            // Clients add x-id to name the operation; the model has it as a literal, old clients leave it out.
            if (name != "x-id" && (value is null ? !query.Has(name) : query[name] != value))
            {
                return false;
            }
        }

        return Operation.RequiredQuery.All(query.Has);
    }

    private bool MatchesPath(string rawPath, Dictionary<string, string> labels)
    {
        labels.Clear();

        // Only one slash separates: any further one belongs to a key.
        var rest = rawPath.AsSpan(Math.Min(1, rawPath.Length));

        for (var i = 0; i < _segments.Length; i++)
        {
            var template = _segments[i];
            if (template[0] == '{' && template.EndsWith("+}", StringComparison.Ordinal))
            {
                labels[template[1..^2]] = PercentEncoding.Decode(rest);
                return !rest.IsEmpty;
            }

            var slash = rest.IndexOf('/');
            var segment = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? [] : rest[(slash + 1)..];
            if (segment.IsEmpty)
            {
                return false;
            }

            if (template[0] == '{')
            {
                labels[template[1..^1]] = PercentEncoding.Decode(segment);
            }
            else if (!segment.SequenceEqual(template))
            {
                return false;
            }
        }

        return rest.IsEmpty;
    }
}
