using System.Diagnostics.CodeAnalysis;

using Sagebrush.Wire.Schema;

namespace Sagebrush.Wire.Dispatch;

/// <summary>Which operations of which services are handled, and by what. Filled once at start-up, read-only afterwards.</summary>
public sealed class ApiMap
{
    private readonly Dictionary<(ServiceModel Service, string Operation), Handler> _handlers = [];
    private readonly Dictionary<(ServiceModel Service, string Operation), RawHandler> _rawHandlers = [];
    private readonly Dictionary<(ServiceModel Service, string Operation), HotRoute> _hotRoutes = [];
    private readonly Dictionary<ServiceModel, ServiceOptions> _services = [];
    private readonly HashSet<(ServiceModel Service, string Operation)> _unsigned = [];
    private readonly List<(string Prefix, PathHandler Handler)> _paths = [];

    /// <summary>The services with at least one operation mapped, or known through <see cref="Service"/>.</summary>
    public IReadOnlyCollection<ServiceModel> Services => _services.Keys;

    /// <summary>The names of the mapped operations of a service.</summary>
    public IEnumerable<string> MappedOperations(ServiceModel service) => _handlers.Keys.Concat(_rawHandlers.Keys).Concat(_hotRoutes.Keys)
        .Where(k => k.Service == service)
        .Select(k => k.Operation);

    /// <summary>Makes a service known, so that even its unhandled operations are answered by name.</summary>
    public ServiceOptions Service(ServiceModel service)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!_services.TryGetValue(service, out var options))
        {
            _services[service] = options = new ServiceOptions();
        }

        return options;
    }

    /// <summary>Lets <paramref name="implementation"/> handle <paramref name="operation"/>.</summary>
    /// <exception cref="ArgumentException">Something handles it already.</exception>
    public void Map<TRequest, TResponse>(Operation<TRequest, TResponse> operation, IOperation<TRequest, TResponse> implementation)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new()
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(implementation);
        Service(operation.Service);
        _handlers.Add((operation.Service, operation.Name), new Handler<TRequest, TResponse>(operation, implementation));
    }

    /// <summary>Lets <paramref name="handle"/> handle <paramref name="operation"/>.</summary>
    /// <exception cref="ArgumentException">Something handles it already.</exception>
    public void Map<TRequest, TResponse>(
        Operation<TRequest, TResponse> operation, Func<TRequest, CallContext, CancellationToken, ValueTask<TResponse>> handle)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new()
    {
        ArgumentNullException.ThrowIfNull(handle);
        Map(operation, new DelegateOperation<TRequest, TResponse>(handle));
    }

    /// <summary>Lets <paramref name="handle"/> handle <paramref name="operation"/>, also when nobody has signed the request.</summary>
    /// <remarks>An unsigned call's context has no access key.</remarks>
    /// <exception cref="ArgumentException">Something handles it already.</exception>
    public void MapUnsigned<TRequest, TResponse>(
        Operation<TRequest, TResponse> operation, Func<TRequest, CallContext, CancellationToken, ValueTask<TResponse>> handle)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new()
    {
        Map(operation, handle);
        _unsigned.Add((operation.Service, operation.Name));
    }

    /// <summary>Lets <paramref name="handle"/> read the request and write the response of <paramref name="operation"/> by itself.</summary>
    /// <remarks>For hot paths and bodies that no model describes. The signature is checked beforehand, the model's constraints are not.</remarks>
    /// <exception cref="ArgumentException">The service has no such operation, or something handles it already.</exception>
    public void MapRaw(ServiceModel service, string operation, RawHandler handle)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!service.Operations.ContainsKey(operation))
        {
            throw new ArgumentException($"{service.ServiceId} has no operation {operation}.", nameof(operation));
        }

        Service(service);
        _rawHandlers.Add((service, operation), handle);
    }

    /// <summary>Lets <paramref name="handle"/> handle <paramref name="operation"/> by the shortest way through the gateway.</summary>
    /// <remarks>For operations called many thousand times a second. The signature is checked beforehand, the model's constraints are not.</remarks>
    /// <exception cref="ArgumentException">The service has no such operation, something handles it already, or its path has not one label.</exception>
    public void MapHot(ServiceModel service, string operation, HotHandler handle)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!service.Operations.TryGetValue(operation, out var info))
        {
            throw new ArgumentException($"{service.ServiceId} has no operation {operation}.", nameof(operation));
        }

        Service(service);
        _hotRoutes.Add((service, operation), new HotRoute(service, info, handle));
    }

    /// <summary>Lets <paramref name="handle"/> handle all requests below a path that are not signed as AWS's are.</summary>
    /// <param name="prefix">The path's beginning, such as <c>/v2/</c>. No bucket may be called like its first segment.</param>
    /// <param name="handle">What handles them.</param>
    public void MapPath(string prefix, PathHandler handle)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        ArgumentNullException.ThrowIfNull(handle);
        _paths.Add((prefix, handle));
    }

    internal IReadOnlyList<(string Prefix, PathHandler Handler)> Paths => _paths;

    internal bool AllowsUnsigned(ServiceModel service, string operation) => _unsigned.Contains((service, operation));

    internal IEnumerable<HotRoute> HotRoutes => _hotRoutes.Values;

    internal bool TryGetHot(ServiceModel service, string operation, [NotNullWhen(true)] out HotRoute? route) =>
        _hotRoutes.TryGetValue((service, operation), out route);

    internal bool TryGet(ServiceModel service, string operation, [NotNullWhen(true)] out Handler? handler) =>
        _handlers.TryGetValue((service, operation), out handler);

    internal bool TryGetRaw(ServiceModel service, string operation, [NotNullWhen(true)] out RawHandler? handler) =>
        _rawHandlers.TryGetValue((service, operation), out handler);
}
