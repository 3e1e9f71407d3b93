using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Tests.Routing;

namespace Sagebrush.Serving.Tests.Composite;

public sealed class SharedModelServerTests
{
    [Fact]
    public async Task DisposeAsync_LastLane_EndsTheModel()
    {
        var model = new FakeServer();
        var first = SharedModelServer.Open(model);
        var second = first.Another()!;

        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.False(model.Disposed);
        Assert.True(await second.PingAsync(TestContext.Current.CancellationToken));

        await second.DisposeAsync();
        Assert.True(model.Disposed);
        Assert.Null(second.Another());
    }
}
