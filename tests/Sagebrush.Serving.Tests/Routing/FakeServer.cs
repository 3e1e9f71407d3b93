using System.Buffers;

namespace Sagebrush.Serving.Tests.Routing;

internal sealed class FakeServer : IModelServer
{
    public bool Disposed { get; private set; }

    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(!Disposed);

    public ValueTask<InvocationResult> InvokeAsync(
        Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new InvocationResult("text/plain"));

    public ValueTask DisposeAsync()
    {
        Assert.False(Disposed, "disposed twice");
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
