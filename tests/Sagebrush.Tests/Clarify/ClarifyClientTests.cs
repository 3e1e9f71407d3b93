using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Clarify;

public sealed class ClarifyClientTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Boto3_ClarifyJobOfAllMethods_ExplainsTheModelAndLeavesNoEndpoint()
    {
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using var server = started;

        Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, Path.Combine(AppContext.BaseDirectory, "Clarify", "clarify_client.py")));
    }
}
