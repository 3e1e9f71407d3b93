using System.Diagnostics.CodeAnalysis;

using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Signing;

namespace Sagebrush.Wire.Dispatch;

/// <summary>An operation that is recognised before anything else is looked at, by method, path and signing name.</summary>
/// <remarks>
/// Only what is plain takes this way: a path <c>/literal/{Label}/literal</c> without escapes or query, a signature in the
/// header, a small body of known length. Anything else goes the general way to the same handler.
/// </remarks>
internal sealed class HotRoute
{
    private readonly string _method;
    private readonly string _prefix;
    private readonly string _suffix;
    private readonly string _scopeEnd;
    private readonly string _label;

    public HotRoute(ServiceModel service, OperationInfo operation, HotHandler handler)
    {
        var open = operation.Uri.IndexOf('{', StringComparison.Ordinal);
        var close = operation.Uri.IndexOf('}', StringComparison.Ordinal);
        if (open < 0 || operation.Uri.LastIndexOf('{') != open || operation.Uri.Contains('?', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{operation.Name} has not one label in its path.", nameof(operation));
        }

        Service = service;
        Operation = operation.Name;
        _label = operation.Uri[(open + 1)..close];
        Handler = handler;
        Expected = new ScopeExpectation(service.SigningName);
        _method = operation.Method;
        _prefix = operation.Uri[..open];
        _suffix = operation.Uri[(close + 1)..];
        _scopeEnd = $"/{service.SigningName}/aws4_request";
    }

    public ServiceModel Service { get; }

    public string Operation { get; }

    public HotHandler Handler { get; }

    public ScopeExpectation Expected { get; }

    /// <summary>The labels of a path, by their names in the model.</summary>
    public Dictionary<string, string> Labels(string label) => new(1) { [_label] = label };

    public bool TryMatch(HttpRequest request, string rawTarget, long largestBody, [NotNullWhen(true)] out string? label)
    {
        label = null;
        if (!rawTarget.StartsWith(_prefix, StringComparison.Ordinal) || !rawTarget.EndsWith(_suffix, StringComparison.Ordinal)
            || rawTarget.Length <= _prefix.Length + _suffix.Length || request.Method != _method
            || request.ContentLength is not { } length || length > largestBody)
        {
            return false;
        }

        var middle = rawTarget.AsSpan(_prefix.Length, rawTarget.Length - _prefix.Length - _suffix.Length);
        if (middle.ContainsAny("/?%") || request.Headers.Authorization is not [{ } authorization]
            || !authorization.Contains(_scopeEnd, StringComparison.Ordinal))
        {
            return false;
        }

        label = middle.ToString();
        return true;
    }
}
