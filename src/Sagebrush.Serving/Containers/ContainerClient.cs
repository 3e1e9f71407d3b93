using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Containers;

/// <summary>Asks one container by SageMaker's contract: <c>GET /ping</c>, <c>POST /invocations</c>, and <c>/models</c> where it holds many models. Thread-safe.</summary>
/// <remarks>Connections are kept open between requests: one costs a pass over the loopback device each way.</remarks>
public sealed class ContainerClient : IDisposable
{
    private const string CustomAttributesHeader = "X-Amzn-SageMaker-Custom-Attributes";
    private const int PartBytes = 32 * 1024;

    private static readonly TimeSpan IdleConnection = TimeSpan.FromMinutes(5);
    private static readonly Uri PingUri = new("ping", UriKind.Relative);
    private static readonly Uri InvocationsUri = new("invocations", UriKind.Relative);

    private readonly HttpClient _client;
    private readonly TimeProvider _time;

    /// <summary>Makes a client; nothing is connected yet.</summary>
    /// <param name="connect">Opens a connection to the container's port.</param>
    /// <param name="largestAnswer">The largest answer in bytes.</param>
    /// <param name="time">The clock of time-outs.</param>
    public ContainerClient(Func<CancellationToken, ValueTask<Stream>> connect, int largestAnswer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connect);
        _time = time;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => connect(cancellationToken),
            PooledConnectionIdleTimeout = IdleConnection,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        _client = new HttpClient(handler)
        {
            BaseAddress = new Uri("http://localhost:8080/"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = largestAnswer,
        };
    }

    /// <summary>Whether the container answers <c>/ping</c> with 200 within a time.</summary>
    public async Task<bool> PingAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.GetAsync(PingUri, either.Token);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Sends one request to the container's model, or to one of its models.</summary>
    /// <param name="model">The model's name in the container; null for a container of one model.</param>
    /// <param name="invocation">The request.</param>
    /// <param name="output">Takes the answer's body.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelInvocationException">The container refused, failed, or took too long.</exception>
    public async ValueTask<InvocationResult> InvokeAsync(
        string? model, Invocation invocation, IBufferWriter<byte> output, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);

        using var request = Request(model, invocation);
        using var response = await SendAsync(request, timeout, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Refusal(response, body);
        }

        output.Write(body);
        return Result(response);
    }

    /// <summary>Sends one request and passes the answer on as the container makes it, at the receiver's pace.</summary>
    /// <param name="model">The model's name in the container; null for a container of one model.</param>
    /// <param name="invocation">The request.</param>
    /// <param name="sink">Takes the answer.</param>
    /// <param name="timeouts">How long the container may take.</param>
    /// <param name="cancellationToken">The receiver is gone: the connection is closed, which is how the container learns of it.</param>
    /// <exception cref="ModelInvocationException">The container refused, failed, or took too long: before the sink was begun, or in the midst of the answer.</exception>
    public async ValueTask InvokeStreamAsync(
        string? model, Invocation invocation, IResponseSink sink, StreamTimeouts timeouts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        using var limit = new CancellationTokenSource(timeouts.First, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = Request(model, invocation);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw Refusal(response, await ReadBoundedAsync(response, either.Token));
            }

            var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var buffer = new byte[PartBytes];
            var read = await stream.ReadAsync(buffer, either.Token);
            limit.CancelAfter(timeouts.Rest);
            sink.Begin(Result(response));
            while (read > 0)
            {
                await sink.WriteAsync(buffer.AsMemory(0, read), either.Token);
                read = await stream.ReadAsync(buffer, either.Token);
            }
        }
        catch (Exception exception) when (FailureOf(exception, limit.Token, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Asks a container of many models to load one.</summary>
    /// <param name="model">The name it shall have.</param>
    /// <param name="path">Where it lies, as the container sees it.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The status: 200, 409 when it is loaded already, 507 when the container has no memory for it.</returns>
    /// <exception cref="ModelInvocationException">The container failed, or took too long.</exception>
    public async Task<(int Status, string Message)> LoadAsync(string model, string path, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var body = new System.Text.Json.Nodes.JsonObject { ["model_name"] = model, ["url"] = path };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("models", UriKind.Relative))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        using var response = await SendAsync(request, timeout, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Asks a container of many models to let one go; one that is not loaded is as good as gone.</summary>
    /// <exception cref="ModelInvocationException">The container failed, or took too long.</exception>
    public async Task UnloadAsync(string model, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri($"models/{model}", UriKind.Relative));
        using var response = await SendAsync(request, timeout, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _client.SendAsync(request, either.Token);
        }
        catch (Exception exception) when (FailureOf(exception, limit.Token, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    private static HttpRequestMessage Request(string? model, in Invocation invocation)
    {
        // A copy, as the exchange may outlive the caller, and with it the request's buffers.
        var request = new HttpRequestMessage(HttpMethod.Post, model is null ? InvocationsUri : new Uri($"models/{model}/invoke", UriKind.Relative))
        {
            Content = new ByteArrayContent(invocation.Body.ToArray()),
        };
        Add(request.Content.Headers, "Content-Type", invocation.ContentType);
        Add(request.Headers, "Accept", invocation.Accept);
        Add(request.Headers, CustomAttributesHeader, invocation.CustomAttributes);
        Add(request.Headers, "X-Amzn-SageMaker-Inference-Id", invocation.InferenceId);
        Add(request.Headers, "X-Amzn-SageMaker-Target-Model", model is null ? null : invocation.Target);
        return request;
    }

    private static InvocationResult Result(HttpResponseMessage response) => new(
        response.Content.Headers.TryGetValues("Content-Type", out var types) ? types.First() : "application/octet-stream",
        response.Headers.TryGetValues(CustomAttributesHeader, out var attributes) ? attributes.First() : null);

    private static ModelInvocationException Refusal(HttpResponseMessage response, byte[] body) => new(
        (int)response.StatusCode < 500 ? InvocationFailure.Refused : InvocationFailure.Faulted, (int)response.StatusCode, Encoding.UTF8.GetString(body));

    private async Task<byte[]> ReadBoundedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(_client.MaxResponseContentBufferSize, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>What the caller of a model is told of an exchange that failed; null when the caller itself gave it up.</summary>
    private ModelInvocationException? FailureOf(Exception exception, CancellationToken limit, CancellationToken caller) => exception switch
    {
        _ when caller.IsCancellationRequested => null,
        OperationCanceledException when limit.IsCancellationRequested =>
            new(InvocationFailure.TimedOut, 0, "Your invocation timed out while waiting for a response from container primary"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new(InvocationFailure.Faulted, 500, $"the response is larger than {_client.MaxResponseContentBufferSize} bytes", exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
            new(InvocationFailure.Unavailable, 503, $"The container does not take connections: {exception.Message}", exception),
        HttpRequestException or IOException or ObjectDisposedException =>
            new(InvocationFailure.Faulted, 500, $"The container broke off: {exception.Message}", exception),
        _ => null,
    };

    private static void Add(HttpHeaders headers, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
