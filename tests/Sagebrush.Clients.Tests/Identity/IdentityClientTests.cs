using System.Text.Json;
using Xunit;

namespace Sagebrush.Clients.Tests.Identity;

public sealed class IdentityClientTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("identity_client.py")]
    [InlineData("permissions_client.py")]
    public async Task Boto3_StsAndIam_WorkUnchanged(string name)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Identity", name);

        Assert.Equal("passed", (await server.Client("python3", script).RunAsync()).Trim());
    }

    [Fact]
    public async Task AwsCli_CallerIdentityAndDefaultRole_AreThere()
    {
        using var identity = JsonDocument.Parse(await server.AwsCli("sts", "get-caller-identity").RunAsync());
        var role = await server.AwsCli(
            "iam", "get-role", "--role-name", "AmazonSageMaker-ExecutionRole", "--query", "Role.Arn", "--output", "text").RunAsync();

        Assert.Equal("arn:aws:iam::000000000000:root", identity.RootElement.GetProperty("Arn").GetString());
        Assert.Equal("arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole", role.Trim());
    }
}
