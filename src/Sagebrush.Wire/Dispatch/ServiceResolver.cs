using Microsoft.AspNetCore.Http;

using Sagebrush.Wire.Http;
using Sagebrush.Wire.Protocols;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Finds the service a request means: by its signature's scope, its <c>X-Amz-Target</c>, its host, or its path.</summary>
internal sealed class ServiceResolver
{
    private const string S3 = "s3";

    private readonly Dictionary<string, ServiceModel[]> _bySigningName;
    private readonly Dictionary<string, ServiceModel> _byTargetPrefix;
    private readonly Dictionary<ServiceModel, RestRouter> _routers;
    private readonly ServiceModel? _s3;

    public ServiceResolver(IReadOnlyCollection<ServiceModel> services)
    {
        _bySigningName = services.GroupBy(s => s.SigningName).ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _byTargetPrefix = services.Where(s => s.TargetPrefix is not null).ToDictionary(s => s.TargetPrefix!, StringComparer.Ordinal);
        _routers = services.Where(s => s.Speaks("rest-json") || s.Speaks("rest-xml")).ToDictionary(s => s, s => new RestRouter(s));
        _s3 = services.FirstOrDefault(s => s.SigningName == S3);
    }

    /// <summary>The service, or null where nothing tells.</summary>
    /// <param name="request">The request.</param>
    /// <param name="scopeService">The service in its credential scope, not yet believed; null where it is unsigned.</param>
    /// <param name="rawPath">Its path as it crossed the wire.</param>
    /// <param name="query">Its query string.</param>
    public ServiceModel? Resolve(HttpRequest request, string? scopeService, string rawPath, QueryParameters query)
    {
        if (Target(request) is { } target && _byTargetPrefix.TryGetValue(target.Prefix, out var byTarget)
            && (scopeService is null || byTarget.SigningName == scopeService))
        {
            return byTarget;
        }

        if (scopeService is not null)
        {
            return _bySigningName.TryGetValue(scopeService, out var candidates) ? Choose(candidates, request, rawPath, query) : null;
        }

        if (CborProtocol.IsSpoken(request) && CborProtocol.Target(rawPath) is { } rpc && _byTargetPrefix.TryGetValue(rpc.Service, out var byPath))
        {
            return byPath;
        }

        foreach (var (service, router) in _routers)
        {
            if (service != _s3 && router.TryMatch(request.Method, rawPath, query, request.Headers, out _, out _))
            {
                return service;
            }
        }

        return IsForm(request) || query.Has("Action")
            ? _bySigningName.Values.SelectMany(s => s).FirstOrDefault(s => s.Speaks("query") && query["Version"] is { } version && s.ApiVersion == version)
                ?? _bySigningName.GetValueOrDefault("sts")?[0]
            : _s3;
    }

    /// <summary>The REST operation a request means.</summary>
    public bool TryMatchOperation(InboundCall call)
    {
        var request = call.Http.Request;
        if (!_routers.TryGetValue(call.Service, out var router)
            || !router.TryMatch(request.Method, call.RawPath, call.Query, request.Headers, out var operation, out var labels))
        {
            return false;
        }

        call.Operation = operation;
        call.Labels = labels;
        return true;
    }

    /// <summary>The two halves of <c>X-Amz-Target</c>, or null.</summary>
    public static (string Prefix, string Operation)? Target(HttpRequest request)
    {
        if (!request.Headers.TryGetValue("X-Amz-Target", out var values) || values.ToString() is not { Length: > 0 } target)
        {
            return null;
        }

        var dot = target.LastIndexOf('.');
        return dot < 0 ? (target, "") : (target[..dot], target[(dot + 1)..]);
    }

    private static bool IsForm(HttpRequest request) =>
        request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private ServiceModel? Choose(ServiceModel[] candidates, HttpRequest request, string rawPath, QueryParameters query)
    {
        // Several APIs sign as "sagemaker": those without X-Amz-Target are told apart by their paths.
        foreach (var candidate in candidates)
        {
            if (candidates.Length == 1
                || (_routers.TryGetValue(candidate, out var router) && router.TryMatch(request.Method, rawPath, query, request.Headers, out _, out _)))
            {
                return candidate;
            }
        }

        return candidates.Length > 0 ? candidates[0] : null;
    }
}
