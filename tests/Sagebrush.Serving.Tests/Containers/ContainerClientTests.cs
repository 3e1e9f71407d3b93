using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sagebrush.Serving.Containers;
using Sagebrush.Serving.Streaming;
using Sagebrush.Serving.Tests.Streaming;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Containers;

/// <summary>A client of a container that answers with the bytes a test says, and keeps the connection open.</summary>
public sealed class ContainerClientTests : IDisposable
{
    private const int LargestAnswer = 100;
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Amzn-SageMaker-Custom-Attributes: mine\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static readonly StreamTimeouts Timeouts = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(8));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly CollectingSink _sink = new();
    private readonly ContainerClient _client;
    private TcpClient? _container;

    public ContainerClientTests()
    {
        _listener.Start();
        _client = new ContainerClient(ConnectAsync, LargestAnswer, _clock);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _client.Dispose();
        _container?.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task InvokeStreamAsync_Chunks_ArriveOneByOneAndMayBeLargerThanAnAnswer()
    {
        var asking = AskAsync();
        await SendAsync(Head + "6\r\nfirst \r\n");
        await Eventually.TrueAsync(() => _sink.Parts.Contains("first "), Cancellation);
        Assert.Equal(new InvocationResult("text/plain", "mine"), _sink.Begun);
        await SendAsync($"c8\r\n{new string('x', 200)}\r\n0\r\n\r\n");
        await asking;
        Assert.Equal(206, _sink.Parts.Sum(part => part.Length));
    }

    [Fact]
    public async Task InvokeStreamAsync_NoFirstPart_TimesOutBeforeTheAnswerBegins()
    {
        var asking = AskAsync();
        await SendAsync(Head);
        await TurnUntilOverAsync(asking, Timeouts.First);
        Assert.Equal(InvocationFailure.TimedOut, (await Assert.ThrowsAsync<ModelInvocationException>(() => asking)).Failure);
        Assert.Null(_sink.Begun);
    }

    [Fact]
    public async Task InvokeStreamAsync_NoLastPart_TimesOutLater()
    {
        var asking = AskAsync();
        await SendAsync(Head + "6\r\nfirst \r\n");
        await Eventually.TrueAsync(() => !_sink.Parts.IsEmpty, Cancellation);
        _clock.Advance(Timeouts.First * 2);
        Assert.False(asking.IsCompleted);
        await TurnUntilOverAsync(asking, Timeouts.Rest);
        Assert.Equal(InvocationFailure.TimedOut, (await Assert.ThrowsAsync<ModelInvocationException>(() => asking)).Failure);
    }

    [Fact]
    public async Task InvokeStreamAsync_RefusalWithoutAnEnd_IsCutAtTheLargestAnswer()
    {
        var asking = AskAsync();
        await SendAsync("HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n" + $"c8\r\n{new string('x', 200)}\r\n");
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => asking);
        Assert.Equal("the response is larger than 100 bytes", error.Message);
        Assert.Null(_sink.Begun);
    }

    private Task AskAsync() =>
        _client.InvokeStreamAsync(null, new Invocation(new ReadOnlySequence<byte>("x"u8.ToArray())), _sink, Timeouts, Cancellation).AsTask();

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener.LocalEndpoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async Task SendAsync(string bytes)
    {
        _container ??= await _listener.AcceptTcpClientAsync(Cancellation);
        await _container.GetStream().WriteAsync(Encoding.ASCII.GetBytes(bytes), Cancellation);
    }

    private Task TurnUntilOverAsync(Task asking, TimeSpan by) => Eventually.TrueAsync(
        () =>
        {
            _clock.Advance(by);
            return asking.IsCompleted;
        },
        Cancellation);
}
