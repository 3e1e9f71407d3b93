using Xunit;

namespace Sagebrush.Clients.Tests.Notifications;

public sealed class SnsClientTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Boto3_TopicsAndSubscribersOfEveryKind_WorkUnchanged()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Notifications", "sns_client.py");

        Assert.Equal("passed", (await server.Client("python3", script).RunAsync()).Trim());
    }
}
