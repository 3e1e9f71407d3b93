using System.Diagnostics.CodeAnalysis;

using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Wire.Http;

/// <summary>Finds the operation of a REST service that a request means. Immutable.</summary>
internal sealed class RestRouter
{
    private readonly RestRoute[] _routes;

    // S3 has operations of one address and two generations: the newer one is meant.
    public RestRouter(ServiceModel service) =>
        _routes =
        [
            .. service.Operations.Values.Select(o => new RestRoute(o))
                .OrderByDescending(r => r.Weight)
                .ThenBy(r => r.Operation.Deprecated)
                .ThenBy(r => r.Operation.Name, StringComparer.Ordinal),
        ];

    /// <summary>The most demanding operation that the request satisfies.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="rawPath">The path as it stood in the request line.</param>
    /// <param name="query">The query string.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="labels">The labels of its path, decoded.</param>
    public bool TryMatch(
        string method,
        string rawPath,
        QueryParameters query,
        IHeaderDictionary headers,
        [NotNullWhen(true)] out OperationInfo? operation,
        out Dictionary<string, string> labels)
    {
        labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var route in _routes)
        {
            if (route.Matches(method, rawPath, query, headers, labels))
            {
                operation = route.Operation;
                return true;
            }
        }

        operation = null;
        return false;
    }
}
