using Xunit;

namespace Sagebrush.Clients.Tests.Registry;

public sealed class EcrClientTests
{
    [Theory]
    [InlineData("python3", "ecr_client.py")]
    [InlineData("python3", "registry_access.py")]
    public Task Boto3_Registry_WorksUnchanged(string python, string script) => RunAsync(python, script);

    [Fact]
    public Task DebiansBoto3_Registry_WorksUnchanged()
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/boto3/__init__.py"), "Needs Debian's python3-boto3.");
        return RunAsync(Python, "ecr_client.py");
    }

    private static async Task RunAsync(string python, string script)
    {
        // A registry of its own: the scripts look at all repositories.
        var server = new ServerFixture();
        await server.InitializeAsync();
        await using (server)
        {
            Assert.Equal("passed", (await server.Client(python, Path.Combine(AppContext.BaseDirectory, "Registry", script)).RunAsync()).Trim());
        }
    }
}
