using Sagebrush.Testing;
using Sagebrush.Testing.Containers;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Examples;

/// <summary>The demonstration in <c>examples/custom-container</c>, with a real engine: it makes its own base image from Debian's packages.</summary>
public sealed class CustomContainerTests : IDisposable
{
    private static readonly string[] Needed = ["/usr/bin/mmdebstrap", "/usr/lib/python3/dist-packages/sklearn"];

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Demonstration_BuildsTriesPushesTrainsDeploysAndReadsADigit()
    {
        Assert.SkipUnless(Podman.IsAvailable && Array.TrueForAll(Needed, Path.Exists), $"{Podman.Absence} The base image needs mmdebstrap, the data python3-sklearn.");
        var cancellationToken = TestContext.Current.CancellationToken;
        var port = FreePort.Next();
        await using var podman = new Podman($"127.0.0.1:{port}");
        var engine = new Dictionary<string, string> { ["SAGEBRUSH_CONTAINER_ENGINE"] = await podman.StartServiceAsync(cancellationToken), ["SAGEBRUSH_MODEL_NETWORK"] = "host" };
        await using var server = ProgramUnderTest.Start(_data.Path, engine, "up", "--port", $"{port}");
        var ready = await server.ReadLineAsync(cancellationToken);
        Assert.True(ready?.Contains($":{port}", StringComparison.Ordinal), server.Error);

        var variables = new Dictionary<string, string>(podman.Environment)
        {
            // The base image is made here, whatever registries can be reached.
            ["SAGEBRUSH_OFFLINE"] = "1",
            ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin",
        };
        var output = await ClientScript.RunAsync(_data.Path, new Uri($"http://127.0.0.1:{port}"), variables, ProjectFolder.Find("examples/custom-container/demo.py"));

        // Tried without a service, then trained by a job: each says what it has learnt, and the job's metric is found in its words.
        Assert.Equal(2, output.Split("digits of ").Length);
        Assert.Contains("left: model.joblib", output, StringComparison.Ordinal);
        Assert.Contains("Completed - Training job completed", output, StringComparison.Ordinal);
        Assert.Matches(@"\{'validation:accuracy': 0\.[89]\d*\}", output);
        Assert.Matches(@"the endpoint says \[\{""digit"": (\d), ""probability"": [\d.]+\}\] and it is \1", output);
    }
}
