using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Containers;

/// <summary>
/// A client of Docker's API, as far as jobs and models need it, over a Unix socket: Docker and Podman both speak it. The socket is looked for at each
/// connection, so that an engine may come, go and come back while the program runs. Thread-safe.
/// </summary>
/// <remarks>
/// Every method throws <see cref="ContainerEngineUnavailableException"/> where no engine answers, and <see cref="ContainerEngineException"/> where it refuses.
/// </remarks>
public sealed class ContainerEngine : IDisposable
{
    // A machine under load makes engines slow; one that is silent for longer is as good as gone.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ContainerOptions _options;
    private readonly HttpClient _client;
    private volatile Known? _known;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    public ContainerEngine(ContainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(cancellationToken), UseProxy = false, UseCookies = false };
        _client = new HttpClient(handler) { BaseAddress = new Uri("http://engine/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>How containers are run.</summary>
    public ContainerOptions Options => _options;

    /// <summary>Which engine it is, asked anew once what it calls itself has changed.</summary>
    public async Task<EngineVersion> VersionAsync(CancellationToken cancellationToken)
    {
        // Podman looks through the machine's packages for its full answer, which takes it half a second; its short one takes none.
        var server = await ServerAsync(cancellationToken);
        if (server is null || _known is not { } known || known.Server != server)
        {
            _known = known = new Known(server, await ReadVersionAsync(cancellationToken));
        }

        return known.Version;
    }

    /// <summary>Makes a container.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var json = await ReadAsync(HttpMethod.Post, $"containers/create?name={request.Name}", request.ToJson(), cancellationToken);
        return (string)json["Id"]!;
    }

    /// <summary>Starts a container; one that runs already is left alone.</summary>
    public Task StartAsync(string id, CancellationToken cancellationToken) => DoAsync(HttpMethod.Post, $"containers/{id}/start", cancellationToken);

    /// <summary>Describes a container by its id or name; null when there is none.</summary>
    public async Task<ContainerState?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return ContainerState.Parse(await ReadAsync(HttpMethod.Get, $"containers/{id}/json", null, cancellationToken));
        }
        catch (ContainerEngineException exception) when (IsGone(exception))
        {
            return null;
        }
    }

    /// <summary>Sends a signal to a container's first process; one that does not run, or is gone, needs none.</summary>
    public async Task SignalAsync(string id, string signal, CancellationToken cancellationToken)
    {
        try
        {
            await DoAsync(HttpMethod.Post, $"containers/{id}/kill?signal={signal}", cancellationToken);
        }
        catch (ContainerEngineException exception) when (IsGone(exception) || exception.Status == HttpStatusCode.Conflict || exception.Message.Contains("running", StringComparison.Ordinal))
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Ends a container if it runs, and removes it with its own volumes; one that is gone is left so.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await DoAsync(HttpMethod.Delete, $"containers/{id}?force=true&v=true", cancellationToken);
        }
        catch (ContainerEngineException exception) when (IsGone(exception) || exception.Status == HttpStatusCode.Conflict)
        {
            // Gone, or being removed by somebody else.
        }
    }

    /// <summary>Returns when a container has ended.</summary>
    public async Task WaitAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"containers/{id}/wait", null, null, cancellationToken);
        await ReadBodyAsync(response, cancellationToken);
    }

    /// <summary>Opens what a container has printed, to be read by <see cref="LogFrames"/>.</summary>
    /// <param name="id">The container.</param>
    /// <param name="follow">Whether the stream goes on until the container ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<Stream> OpenLogAsync(string id, bool follow, CancellationToken cancellationToken)
    {
        var response = await SendAsync(HttpMethod.Get, $"containers/{id}/logs?stdout=true&stderr=true&follow={(follow ? "true" : "false")}", null, null, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>Containers with a label, in whatever state.</summary>
    public async Task<IReadOnlyList<ContainerSummary>> ListAsync(string label, string value, CancellationToken cancellationToken)
    {
        var filters = Uri.EscapeDataString(new JsonObject { ["label"] = new JsonArray($"{label}={value}") }.ToJsonString());
        var json = await ReadAsync(HttpMethod.Get, $"containers/json?all=true&filters={filters}", null, cancellationToken);
        return
        [
            .. json.AsArray().Select(container => new ContainerSummary(
                (string)container!["Id"]!,
                (container["Labels"] as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? string.Empty))),
        ];
    }

    /// <summary>Describes an image that the engine has; null when it has none of the name.</summary>
    public async Task<ContainerImage?> FindImageAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var json = await ReadAsync(HttpMethod.Get, $"images/{name}/json", null, cancellationToken);
            var variables = (json["Config"]?["Env"] as JsonArray ?? []).Select(pair => ((string)pair!).Split('=', 2)).Where(pair => pair.Length == 2);
            return new ContainerImage((string)json["Id"]!, (string?)json["Architecture"] ?? string.Empty, variables.DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]));
        }
        catch (ContainerEngineException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Starts to bring an image from a registry. The messages come while it works; an <c>error</c> among them is its failure, whatever the status was.</summary>
    /// <param name="path">The path and query of the request.</param>
    /// <param name="credentials">The value of <c>X-Registry-Auth</c>, if any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async IAsyncEnumerable<JsonNode> PullAsync(string path, string? credentials, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, path, null, credentials, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream);
        while (await ReadLineAsync(reader, cancellationToken) is { } line)
        {
            if (line.AsSpan().TrimStart() is ['{', ..])
            {
                yield return JsonNode.Parse(line)!;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var candidates = EngineAddress.Candidates(_options.Engine);
        Exception? problem = null;
        foreach (var path in candidates)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception exception) when (exception is SocketException or ArgumentException)
            {
                socket.Dispose();
                problem = exception;
            }
        }

        throw new ContainerEngineUnavailableException(
            $"No container engine answers at {string.Join(", ", candidates)}: {EngineAddress.Remedy}.", problem);
    }

    private async Task<string?> ServerAsync(CancellationToken cancellationToken)
    {
        using var limited = Limited(cancellationToken);
        using var response = await SendAsync(HttpMethod.Get, "_ping", null, null, limited.Token);
        return response.Headers.TryGetValues("Server", out var names) ? string.Join(' ', names) : null;
    }

    private async Task<EngineVersion> ReadVersionAsync(CancellationToken cancellationToken)
    {
        var json = await ReadAsync(HttpMethod.Get, "version", null, cancellationToken);
        var engine = (json["Components"] as JsonArray)?.FirstOrDefault();
        return new EngineVersion(
            (string?)engine?["Name"] ?? (string?)json["Platform"]?["Name"] ?? "engine", (string?)json["Version"] ?? "?", (string?)json["Arch"] ?? string.Empty);
    }

    private async Task DoAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var limited = Limited(cancellationToken);
        using var response = await SendAsync(method, path, null, null, limited.Token);
    }

    private async Task<JsonNode> ReadAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var limited = Limited(cancellationToken);
        using var response = await SendAsync(method, path, body, null, limited.Token);
        return JsonNode.Parse(await ReadBodyAsync(response, limited.Token)) ?? new JsonObject();
    }

    private static CancellationTokenSource Limited(CancellationToken cancellationToken)
    {
        var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        return limited;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body, string? credentials, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (credentials is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Registry-Auth", credentials);
        }

        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw exception.InnerException as ContainerEngineUnavailableException ?? Lost(exception);
        }

        if ((int)response.StatusCode < 400)
        {
            return response;
        }

        using (response)
        {
            var text = await ReadBodyAsync(response, cancellationToken);
            throw new ContainerEngineException(response.StatusCode, Message(text));
        }
    }

    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadAsStringAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Lost(exception);
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Lost(exception);
        }
    }

    // Podman answers 500 about a container that is removed while it looks at it.
    private static bool IsGone(ContainerEngineException exception) =>
        exception.Status == HttpStatusCode.NotFound || exception.Message.Contains("no such container", StringComparison.OrdinalIgnoreCase);

    private static ContainerEngineUnavailableException Lost(Exception exception) => new($"The container engine broke off: {exception.Message}", exception);

    private static string Message(string body)
    {
        try
        {
            return (string?)JsonNode.Parse(body)?["message"] ?? body;
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private sealed record Known(string? Server, EngineVersion Version);
}
