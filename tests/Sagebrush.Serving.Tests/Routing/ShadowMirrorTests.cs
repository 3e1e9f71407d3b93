using System.Buffers;
using Sagebrush.Serving.Routing;

namespace Sagebrush.Serving.Tests.Routing;

public sealed class ShadowMirrorTests
{
    [Fact]
    public async Task Offer_ShadowThatHangs_NeverWaitsAndShedsWhatIsTooMuch()
    {
        var hanging = new HangingServer();
        var observer = new Observer();
        var mirror = new ShadowMirror(new VariantRoute("S", 1, new ServedModel(hanging)), 1, observer, TimeProvider.System);
        var request = new Invocation(new ReadOnlySequence<byte>(new byte[10]));

        for (var i = 0; i < ShadowMirror.LongestQueue + 500; i++)
        {
            mirror.Offer(request);
        }

        await mirror.DisposeAsync();
        Assert.InRange(observer.Sheds, 400, 500);
        Assert.Equal(0, observer.Answers);
    }

    [Fact]
    public async Task Offer_Sampling_CopiesThatShare()
    {
        var observer = new Observer();
        await using var mirror = new ShadowMirror(new VariantRoute("S", 1, new ServedModel(new FakeServer())), 0.3, observer, TimeProvider.System);
        var request = new Invocation(new ReadOnlySequence<byte>(new byte[10]));
        for (var sent = 0; sent < 2_000; sent += 100)
        {
            for (var i = 0; i < 100; i++)
            {
                mirror.Offer(request);
            }

            await Task.Yield();
        }

        // Five standard deviations of 2000 draws at 30 percent are 102.
        await Testing.Eventually.TrueAsync(() => observer.Answers + observer.Sheds >= 498, TestContext.Current.CancellationToken);
        Assert.InRange(observer.Answers + observer.Sheds, 498, 702);
    }

    [Fact]
    public async Task Offer_ShadowThatFails_IsObserved()
    {
        var observer = new Observer();
        await using var mirror = new ShadowMirror(new VariantRoute("S", 1, new ServedModel(new FailingServer())), 1, observer, TimeProvider.System);
        mirror.Offer(new Invocation(new ReadOnlySequence<byte>(new byte[10])));
        await Testing.Eventually.TrueAsync(() => observer.Failures == 1, TestContext.Current.CancellationToken);
    }

    private sealed class Observer : IShadowObserver
    {
        private int _answers;
        private int _failures;
        private long _sheds;

        public int Answers => Volatile.Read(ref _answers);

        public int Failures => Volatile.Read(ref _failures);

        public long Sheds => Interlocked.Read(ref _sheds);

        public void Answered(TimeSpan latency) => Interlocked.Increment(ref _answers);

        public void Failed(TimeSpan latency, ModelInvocationException error) => Interlocked.Increment(ref _failures);

        public void Shed(long count) => Interlocked.Add(ref _sheds, count);
    }

    private sealed class HangingServer : IModelServer
    {
        public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return default;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class FailingServer : IModelServer
    {
        public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("broken");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
