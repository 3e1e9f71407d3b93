using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Json;
using Sagebrush.Wire.Query;
using Sagebrush.Wire.Schema;
using Sagebrush.Wire.Signing;
using Sagebrush.Wire.Xml;

namespace Sagebrush.Wire.Client;

/// <summary>Calls a server's API with signed requests, as an AWS SDK would.</summary>
/// <remarks>
/// Typed calls are for services that speak AWS JSON or Query; objects and model invocations, whose bodies are bytes, go through
/// <see cref="SendAsync(string, HttpMethod, string, byte[], string?, CancellationToken)"/>. Thread safe. A call is made once: retries are the caller's business.
/// </remarks>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private readonly Credential _credential;
    private readonly string _region;
    private readonly TimeProvider _clock;

    /// <summary>Creates a client.</summary>
    /// <param name="endpoint">The server's address.</param>
    /// <param name="credential">Who calls.</param>
    /// <param name="region">The region calls are for.</param>
    /// <param name="clock">Dates signatures.</param>
    public ApiClient(Uri endpoint, Credential credential, string region, TimeProvider clock)
    {
        _endpoint = endpoint;
        _credential = credential;
        _region = region;
        _clock = clock;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1) })
        {
            Timeout = TimeSpan.FromMinutes(5),
        };
    }

    /// <summary>Calls an operation of a service that speaks AWS JSON or Query.</summary>
    /// <exception cref="ApiException">The server answered with an error.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<TResponse> SendAsync<TRequest, TResponse>(
        Operation<TRequest, TResponse> operation, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new()
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(request);
        var service = operation.Service;
        using var message = new HttpRequestMessage(HttpMethod.Post, _endpoint);
        if (service.TargetPrefix is null)
        {
            return service.Speaks("query")
                ? await QueryAsync(message, operation, request, cancellationToken)
                : throw new NotSupportedException($"{service.ServiceId} speaks neither AWS JSON nor Query.");
        }

        message.Headers.TryAddWithoutValidation("X-Amz-Target", $"{service.TargetPrefix}.{operation.Name}");
        var answer = await SendAsync(
            message, service.SigningName, operation.Name, ShapeJson.Write(request), $"application/x-amz-json-{service.JsonVersion}", cancellationToken);
        return ShapeJson.Read<TResponse>(answer);
    }

    /// <summary>Sends bytes and gives the answer's bytes back.</summary>
    /// <param name="signingName">The service's name in signatures: <c>s3</c>, <c>sagemaker</c>.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path and query, escaped, from the first slash on.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">What the body is; null when there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiException">The server answered with an error.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<byte[]> SendAsync(
        string signingName, HttpMethod method, string path, byte[] body, string? contentType, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(method);
        using var message = new HttpRequestMessage(method, new Uri(_endpoint, path));
        return await SendAsync(message, signingName, $"{method} {path}", body, contentType, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<TResponse> QueryAsync<TRequest, TResponse>(
        HttpRequestMessage message, Operation<TRequest, TResponse> operation, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IShape, new()
        where TResponse : class, IShape, new()
    {
        var fields = FormShapeWriter.Write(request);
        var head = $"Action={operation.Name}&Version={operation.Service.ApiVersion}{(fields.Length > 0 ? "&" : "")}";
        byte[] form = [.. Encoding.ASCII.GetBytes(head), .. fields];
        var answer = await SendAsync(
            message, operation.Service.SigningName, operation.Name, form, "application/x-www-form-urlencoded; charset=utf-8", cancellationToken);
        var response = new TResponse();
        var result = operation.ResultWrapper is { } wrapper ? XmlBody.Parse(answer).Elements().FirstOrDefault(element => element.Name.LocalName == wrapper) : null;
        if (result is not null)
        {
            new XmlShapeReader(result).Read(response);
        }

        return response;
    }

    private async Task<byte[]> SendAsync(
        HttpRequestMessage message, string signingName, string name, byte[] body, string? contentType, CancellationToken cancellationToken)
    {
        message.Content = new ByteArrayContent(body);
        if (contentType is not null)
        {
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        new SigV4Signer(_credential, signingName, _region, _clock).Sign(message, Convert.ToHexStringLower(SHA256.HashData(body)));
        using var response = await _http.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? answer : throw Error(name, response, answer);
    }

    private static ApiException Error(string operation, HttpResponseMessage response, byte[] body)
    {
        var (code, message) = ReadError(response, body);
        return new(operation, code ?? $"HTTP {(int)response.StatusCode}", message ?? response.ReasonPhrase ?? "no message", response.StatusCode);
    }

    private static (string? Code, string? Message) ReadError(HttpResponseMessage response, byte[] body)
    {
        var header = response.Headers.TryGetValues("x-amzn-ErrorType", out var values) ? values.First() : null;
        try
        {
            if (response.Content.Headers.ContentType?.MediaType?.EndsWith("xml", StringComparison.Ordinal) == true)
            {
                using var stream = new MemoryStream(body);
                var error = XDocument.Load(stream).Descendants().First(element => element.Name.LocalName == "Error");
                return (Child(error, "Code"), Child(error, "Message"));
            }

            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return (ShortName(header ?? Property(root, "__type") ?? Property(root, "code")), Property(root, "message") ?? Property(root, "Message"));
        }
        catch (Exception exception) when (exception is JsonException or XmlException or InvalidOperationException)
        {
            return (ShortName(header), null);
        }

        static string? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

        static string? Property(JsonElement parent, string name) =>
            parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>The code within <c>namespace#Code:http://…</c>.</summary>
    private static string? ShortName(string? code) => code?.Split(':')[0].Split('#')[^1];
}
