using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Sagebrush.Serving.Composite;
using Sagebrush.Serving.Tests.Streaming;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Composite;

public sealed class MultiModelServerTests
{
    [Fact]
    public async Task InvokeAsync_ModelAskedForByMany_IsLoadedOnce()
    {
        var source = new Source();
        await using var server = new MultiModelServer(source, 100);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(server, "a")));

        Assert.All(answers, answer => Assert.Equal("a", answer));
        Assert.Equal(["a"], source.Loads);
        Assert.Equal(["a"], server.Loaded);
    }

    [Fact]
    public async Task InvokeAsync_MemoryShort_LetsTheLongestUnusedGo()
    {
        var source = new Source();
        await using var server = new MultiModelServer(source, 20);
        foreach (var name in new[] { "a", "b", "a", "c" })
        {
            await AskAsync(server, name);
        }

        Assert.Equal(["a", "c"], server.Loaded.Order());
        await Eventually.TrueAsync(() => source.Forgotten.SequenceEqual(["b"]), TestContext.Current.CancellationToken);
        await AskAsync(server, "b");
        Assert.Equal(["a", "b", "c", "b"], source.Loads);
    }

    [Fact]
    public async Task InvokeAsync_ModelLetGoWhileAsked_EndsAfterItsAnswer()
    {
        var source = new Source();
        await using var server = new MultiModelServer(source, 10);
        source.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = AskAsync(server, "a");
        await Eventually.TrueAsync(() => source.Asked.Contains("a"), TestContext.Current.CancellationToken);
        var hold = source.Hold;
        source.Hold = null;

        Assert.Equal("b", await AskAsync(server, "b"));
        Assert.Empty(source.Forgotten);
        hold.SetResult();
        Assert.Equal("a", await held);
        await Eventually.TrueAsync(() => source.Forgotten.Contains("a"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task InvokeStreamAsync_ModelLetGoWhileItAnswers_EndsAfterItsLastPart()
    {
        var source = new Source();
        await using var server = new MultiModelServer(source, 10);
        var reads = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sink = new CollectingSink(reads.Task);
        var streaming = server.InvokeStreamAsync(new Invocation(default, Target: "a"), sink, TestContext.Current.CancellationToken).AsTask();
        await Eventually.TrueAsync(() => sink.Parts.Contains("a"), TestContext.Current.CancellationToken);

        Assert.Equal("b", await AskAsync(server, "b"));
        Assert.Empty(source.Forgotten);
        reads.SetResult();
        await streaming;
        await Eventually.TrueAsync(() => source.Forgotten.Contains("a"), TestContext.Current.CancellationToken);
        Assert.Equal("text/plain", sink.Begun?.ContentType);
    }

    [Fact]
    public async Task InvokeAsync_ModelThatDoesNotLoad_IsToldAndTriedAgain()
    {
        var source = new Source { Failures = 1 };
        await using var server = new MultiModelServer(source, 100);

        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => AskAsync(server, "a"));

        Assert.Equal("The model a could not be loaded: broken", error.Message);
        Assert.Equal("a", await AskAsync(server, "a"));
    }

    [Fact]
    public async Task InvokeAsync_ManyModelsManyCallers_AnswersEachByItsModel()
    {
        var source = new Source();
        var server = new MultiModelServer(source, 50);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            for (var i = 0; i < 400; i++)
            {
                var name = random.Next(20).ToString(System.Globalization.CultureInfo.InvariantCulture);
                Assert.Equal(name, await AskAsync(server, name));
            }
        })));
        await server.DisposeAsync();

        Assert.Equal(source.Loads.Count, source.Forgotten.Count);
        Assert.Equal(0, source.Alive);
    }

    private static async Task<string> AskAsync(MultiModelServer server, string name)
    {
        var output = new ArrayBufferWriter<byte>();
        await server.InvokeAsync(new Invocation(default, Target: name), output, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private sealed class Source : IModelSource
    {
        private int _alive;
        private int _failures;

        public ConcurrentQueue<string> Loads { get; } = [];

        public ConcurrentQueue<string> Asked { get; } = [];

        public ConcurrentQueue<string> Forgotten { get; } = [];

        public TaskCompletionSource? Hold { get; set; }

        public int Alive => _alive;

        public int Failures
        {
            init => _failures = value;
        }

        public async Task<LoadedModel> LoadAsync(string name, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Interlocked.Decrement(ref _failures) >= 0)
            {
                throw new ModelLoadException("broken");
            }

            Loads.Enqueue(name);
            Interlocked.Increment(ref _alive);
            return new LoadedModel(new Echo(name, this), 10, () => Forgotten.Enqueue(name));
        }

        private sealed class Echo(string name, Source source) : IModelServer
        {
            private bool _ended;

            public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

            public async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
            {
                source.Asked.Enqueue(name);
                await (source.Hold?.Task ?? Task.CompletedTask);
                Assert.False(_ended);
                output.Write(Encoding.UTF8.GetBytes(name));
                return new InvocationResult("text/plain");
            }

            public ValueTask DisposeAsync()
            {
                _ended = true;
                Interlocked.Decrement(ref source._alive);
                return ValueTask.CompletedTask;
            }
        }
    }
}
