using System.Buffers;
using Sagebrush.Serving.Serverless;
using Sagebrush.Testing;

namespace Sagebrush.Serving.Tests.Serverless;

public sealed class ServerlessModelServerTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<HeldServer> _started = [];

    [Fact]
    public async Task Invoke_RequestsAtOnce_EachGetsAnEnvironmentUpToTheMost()
    {
        await using var server = await LoadAsync(most: 2);
        var first = AskAsync(server, TestContext.Current.CancellationToken);
        var second = AskAsync(server, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _started.Sum(held => held.Waiting) == 2, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => AskAsync(server, TestContext.Current.CancellationToken));
        Assert.Equal(InvocationFailure.Throttled, error.Failure);
        Assert.Equal(2, server.Environments);
        Release();
        await first;
        await second;
        Release();
        await AskAsync(server, TestContext.Current.CancellationToken);
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task Idle_EnvironmentsNobodyAsks_EndAndComeBack()
    {
        await using var server = await LoadAsync(most: 2);
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, server.Environments);
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(() => server.Environments == 0 && _started[0].IsDisposed, TestContext.Current.CancellationToken);
        var asked = AskAsync(server, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => _started.Count == 2, TestContext.Current.CancellationToken);
        Release();
        await asked;
    }

    [Fact]
    public async Task Provisioned_Environments_StayAndFollowUpdates()
    {
        await using var server = await LoadAsync(most: 4, provisioned: 2);
        Assert.Equal(2, server.Environments);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, server.Environments);
        server.SetConcurrency(4, 3);
        await Eventually.TrueAsync(() => server.Environments == 3, TestContext.Current.CancellationToken);
        server.SetConcurrency(4, 0);
        _clock.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(() => server.Environments == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Caller_LeavesWhileAnEnvironmentStarts_LeavesItToTheNext()
    {
        var gate = new TaskCompletionSource();
        var starts = 0;
        await using var server = await ServerlessModelServer.LoadAsync(
            async _ =>
            {
                if (++starts > 1)
                {
                    await gate.Task;
                }

                return Held();
            },
            Options(1, 0),
            TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromHours(1));
        await Eventually.TrueAsync(() => server.Environments == 0, TestContext.Current.CancellationToken);
        using var leaving = new CancellationTokenSource();
        var asked = AskAsync(server, leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        gate.SetResult();
        await Eventually.TrueAsync(() => server.Environments == 1, TestContext.Current.CancellationToken);
        Release();
        await AskAsync(server, TestContext.Current.CancellationToken);
        Assert.Equal(2, starts);
    }

    [Fact]
    public async Task Invoke_TooLargeARequest_IsRefused()
    {
        await using var server = await LoadAsync(most: 1);
        var error = await Assert.ThrowsAsync<ModelInvocationException>(() => server.InvokeAsync(
            new Invocation(new ReadOnlySequence<byte>(new byte[(4 << 20) + 1])), new ArrayBufferWriter<byte>(), TestContext.Current.CancellationToken).AsTask());
        Assert.Equal(InvocationFailure.TooLarge, error.Failure);
    }

    private Task<ServerlessModelServer> LoadAsync(int most, int provisioned = 0) =>
        ServerlessModelServer.LoadAsync(_ => Task.FromResult<IModelServer>(Held()), Options(most, provisioned), TestContext.Current.CancellationToken);

    private ServerlessOptions Options(int most, int provisioned) => new() { MaxConcurrency = most, ProvisionedConcurrency = provisioned, TimeProvider = _clock };

    private HeldServer Held()
    {
        var held = new HeldServer();
        lock (_started)
        {
            _started.Add(held);
        }

        return held;
    }

    private void Release()
    {
        lock (_started)
        {
            _started.ForEach(held => held.Release());
        }
    }

    private static Task<InvocationResult> AskAsync(ServerlessModelServer server, CancellationToken cancellationToken) =>
        server.InvokeAsync(new Invocation(default), new ArrayBufferWriter<byte>(), cancellationToken).AsTask();

    /// <summary>Answers when it is let go.</summary>
    private sealed class HeldServer : IModelServer
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;

        public int Waiting => Volatile.Read(ref _waiting);

        public bool IsDisposed { get; private set; }

        public void Release() => _released.TrySetResult();

        public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

        public async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _waiting);
            await _released.Task;
            return new InvocationResult("text/plain");
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
