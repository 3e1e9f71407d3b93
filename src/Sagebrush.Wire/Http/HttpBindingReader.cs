using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Http;

/// <summary>Sets the members of a request that travel in its path, query string and headers.</summary>
internal static class HttpBindingReader
{
    public static void Read(IShape request, IReadOnlyDictionary<string, string> labels, QueryParameters query, IHeaderDictionary headers)
    {
        for (var i = 0; i < request.Schema.Members.Length; i++)
        {
            var member = request.Schema[i];
            var reader = member.Location switch
            {
                MemberLocation.Uri => labels.TryGetValue(member.WireName, out var label) ? new TextShapeReader([label]) : null,
                MemberLocation.QueryString => FromQuery(member, query),
                MemberLocation.Header => FromHeader(member, headers),
                MemberLocation.Headers => FromHeaders(member, headers),
                _ => null,
            };
            if (reader is not null)
            {
                request.ReadMember(i, reader);
            }
        }
    }

    private static TextShapeReader? FromQuery(Member member, QueryParameters query) =>
        query.Values(member.WireName) is { Count: > 0 } values ? new TextShapeReader(values) : null;

    private static TextShapeReader? FromHeader(Member member, IHeaderDictionary headers)
    {
        var values = headers[member.WireName];
        return values.Count == 0 ? null : new TextShapeReader([.. values.Select(v => v ?? "")]);
    }

    private static TextShapeReader? FromHeaders(Member member, IHeaderDictionary headers)
    {
        Dictionary<string, string>? map = null;
        foreach (var (name, values) in headers)
        {
            if (name.StartsWith(member.WireName, StringComparison.OrdinalIgnoreCase))
            {
                map ??= new Dictionary<string, string>(StringComparer.Ordinal);
                map[name[member.WireName.Length..].ToLowerInvariant()] = string.Join(',', values.ToArray());
            }
        }

        return map is null ? null : new TextShapeReader([], map);
    }
}
