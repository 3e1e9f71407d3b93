using System.Net.Sockets;
using System.Text;
using Sagebrush.Compute.Containers;
using Sagebrush.Testing;

namespace Sagebrush.Compute.Tests.Containers;

/// <summary>How often an engine is asked which one it is: Podman takes half a second for the answer.</summary>
public sealed class ContainerEngineVersionTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ContainerEngine _engine;
    private string _server = "Server: Libpod/4.3.1 (linux)\r\n";
    private string _version = "4.3.1";
    private int _asked;

    public ContainerEngineVersionTests()
    {
        var socket = _temporary["engine.sock"];
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _ = AnswerAsync();
        _engine = new ContainerEngine(new ContainerOptions { Engine = $"unix://{socket}" });
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _engine.Dispose();
        _listener.Dispose();
        _temporary.Dispose();
    }

    [Fact]
    public async Task Version_OfTheSameEngine_IsAskedOnce()
    {
        var first = await _engine.VersionAsync(Cancelled);
        var second = await _engine.VersionAsync(Cancelled);

        Assert.Equal(new EngineVersion("Podman Engine", "4.3.1", "amd64"), first);
        Assert.Same(first, second);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Version_OnceTheEngineCallsItselfOtherwise_IsAskedAnew()
    {
        await _engine.VersionAsync(Cancelled);
        (_server, _version) = ("Server: Libpod/5.0.0 (linux)\r\n", "5.0.0");

        Assert.Equal("5.0.0", (await _engine.VersionAsync(Cancelled)).Version);
        Assert.Equal("5.0.0", (await _engine.VersionAsync(Cancelled)).Version);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Version_OfAnEngineWithoutAName_IsAskedEachTime()
    {
        _server = string.Empty;

        await _engine.VersionAsync(Cancelled);
        await _engine.VersionAsync(Cancelled);

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task Version_OfAnEngineThatIsGone_IsNotRemembered()
    {
        await _engine.VersionAsync(Cancelled);
        _listener.Dispose();
        File.Delete(_temporary["engine.sock"]);

        await Assert.ThrowsAsync<ContainerEngineUnavailableException>(() => _engine.VersionAsync(Cancelled));
    }

    // One request to a connection, as an engine that closes them.
    private async Task AnswerAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            try
            {
                using var connection = await _listener.AcceptAsync();
                var request = Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer));
                var body = "OK";
                if (request.StartsWith("GET /version", StringComparison.Ordinal))
                {
                    _asked++;
                    body = $$"""{"Components":[{"Name":"Podman Engine"}],"Version":"{{_version}}","Arch":"amd64"}""";
                }

                await connection.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{_server}Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
                connection.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
