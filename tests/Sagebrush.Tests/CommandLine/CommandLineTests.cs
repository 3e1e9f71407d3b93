using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Sagebrush.CommandLine;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Tests.CommandLine;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Theory]
    [InlineData("up")]
    [InlineData("env")]
    [InlineData("jobs")]
    [InlineData("logs")]
    [InlineData("doctor")]
    [InlineData("version")]
    public async Task Help_OfACommand_HasExamples(string command)
    {
        var result = await RunAsync(command, "--help");

        Assert.Equal(ExitCode.Success, result.ExitCode);
        Assert.Contains($"sagebrush {command}", result.Output[result.Output.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoCommand_Always_ShowsCommandsAndExitCodes()
    {
        var result = await RunAsync();

        Assert.Equal(ExitCode.Success, result.ExitCode);
        Assert.Contains("Exit codes:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_Always_IsOneLine() => Assert.StartsWith("sagebrush 0.", Assert.Single((await RunAsync("version")).Lines), StringComparison.Ordinal);

    [Theory]
    [InlineData("no command 'dcotor'; did you mean 'doctor'?", "dcotor")]
    [InlineData("'--port'", "up", "--port", "many")]
    [InlineData("--port is a number from 0 to 65535, not 70000", "up", "--port", "70000")]
    [InlineData("--host 'nowhere' is not an address of this machine", "up", "--host", "nowhere")]
    [InlineData("listening on 0.0.0.0 lets other machines", "up", "--host", "0.0.0.0")]
    [InlineData("'logs'", "logs")]
    [InlineData("'yaml'", "env", "--format", "yaml")]
    public async Task Misuse_OfAnyKind_IsSaidInOneLineWithAHint(string expected, params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Empty(result.Output);
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("error: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(expected, lines[0], StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("hint: ", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env")]
    [InlineData("jobs")]
    [InlineData("logs", "job")]
    public async Task Client_WithoutServer_SaysHowToStartOne(params string[] arguments)
    {
        var result = await RunAsync(arguments);

        Assert.Equal(ExitCode.NotRunning, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"no server is running for {_data.Path}", result.Error, StringComparison.Ordinal);
        Assert.Contains("sagebrush up", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ProgramUnderTest.Terminate)]
    [InlineData(ProgramUnderTest.Interrupt)]
    public async Task Up_ToldToStop_EndsCleanly(int signal)
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
        await using (server)
        {
            using var http = new HttpClient();
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(url, "/healthz"), Cancellation)).StatusCode);
            server.Signal(signal);
            var result = await server.EndAsync(Cancellation);

            Assert.Equal(ExitCode.Success, result.ExitCode);
            Assert.Empty(result.Output);
            Assert.Equal(ExitCode.NotRunning, (await RunAsync("env")).ExitCode);
        }
    }

    [Fact]
    public async Task Env_OfARunningServer_PointsAtIt()
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
        await using (server)
        {
            var shell = await RunAsync("env");
            var json = JsonNode.Parse((await RunAsync("env", "--format", "json")).Output)!.AsObject();

            Assert.Equal(ExitCode.Success, shell.ExitCode);
            Assert.Equal(json.Select(entry => $"export {entry.Key}={entry.Value}"), shell.Lines);
            Assert.Equal(["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"], json.Select(entry => entry.Key));
            Assert.Equal(url, new Uri((string)json["AWS_ENDPOINT_URL"]!));
            Assert.Empty(shell.Error);
        }
    }

    [Fact]
    public async Task Up_DataDirectoryServedAlready_SaysByWhom()
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
        await using (server)
        {
            var second = await RunAsync("up", "--port", "0");

            Assert.Equal(ExitCode.InUse, second.ExitCode);
            Assert.Empty(second.Output);
            Assert.Contains($"served at {url.GetLeftPart(UriPartial.Authority)} by process {server.Id}", second.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Up_AfterTheServerWasKilled_StartsAgainWithTheSameKey()
    {
        var (server, _) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
        await using (server)
        {
            var before = JsonNode.Parse((await RunAsync("env", "--format", "json")).Output)!;
            server.Signal(ProgramUnderTest.Kill);
            await server.EndAsync(Cancellation);
            Assert.Equal(ExitCode.NotRunning, (await RunAsync("env")).ExitCode);

            var (again, _) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
            await using (again)
            {
                var after = JsonNode.Parse((await RunAsync("env", "--format", "json")).Output)!;
                Assert.Equal((string?)before["AWS_ACCESS_KEY_ID"], (string?)after["AWS_ACCESS_KEY_ID"]);
            }
        }
    }

    [Fact]
    public async Task Up_PortTaken_SaysSoInOneLine()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var result = await RunAsync("up", "--port", $"{port}");

        Assert.Equal(ExitCode.InUse, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Equal(2, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"port {port} on 127.0.0.1 is in use", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_DataDirectoryIsAFile_SaysSo()
    {
        var file = _data["file"];
        await File.WriteAllTextAsync(file, "x", Cancellation);

        var result = await RunAsync("up", "--port", "0", "--data", file);

        Assert.Equal(ExitCode.Failure, result.ExitCode);
        Assert.Contains($"the data directory {file} cannot be used", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_AsJson_NamesEveryCheck()
    {
        var result = await RunAsync("doctor", "--format", "json", "--port", $"{FreePort.Next()}");
        var report = JsonNode.Parse(result.Output)!;

        var healths = report["findings"]!.AsArray().ToDictionary(finding => (string)finding!["subject"]!, finding => (string)finding!["health"]!);
        Assert.Superset(new HashSet<string> { "machine", "python", "xgboost", "containers", "data directory", "disk", "port" }, healths.Keys.ToHashSet());
        Assert.Equal(healths.ContainsValue("bad") ? ExitCode.Failure : ExitCode.Success, result.ExitCode);
        Assert.Equal("good", healths["port"]);
    }

    [Fact]
    public async Task Doctor_WithRunningServer_ShowsIt()
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, Cancellation);
        await using (server)
        {
            Assert.Contains($"running at {url.GetLeftPart(UriPartial.Authority)} as process {server.Id}", (await RunAsync("doctor")).Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Output_NotOnATerminal_HasNoEscapes() => Assert.DoesNotContain('\x1b', (await RunAsync("doctor")).Output);

    private Task<ProgramResult> RunAsync(params string[] arguments) => ProgramUnderTest.RunAsync(_data.Path, Cancellation, arguments);
}
