using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;
using Sagebrush.State.Tests.Resources;
using Sagebrush.Testing;
using static Sagebrush.State.Tests.Resources.ResourceStoreFixture;

namespace Sagebrush.State.Tests.Reconciling;

public sealed class ReconcilerHostTests : IAsyncDisposable
{
    private static readonly ReconcilerOptions Options = new()
    {
        MaxParallelism = 3,
        SweepInterval = TimeSpan.FromMinutes(10),
        FirstRetry = TimeSpan.FromSeconds(1),
        LongestRetry = TimeSpan.FromSeconds(4),
        FeedCapacity = 8,
    };

    private readonly ResourceStoreFixture _fixture = new();
    private ReconcilerHost? _host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Start_ResourcesFromBefore_AreReconciledUnlessSettled()
    {
        await _fixture.AddAsync("old");
        await _fixture.AddAsync("finished", "Completed");
        var reconciler = Start((_, _, _) => Task.FromResult(ReconcileOutcome.Done));

        await Eventually.TrueAsync(() => reconciler.StepsOf("old") == 1, Cancelled);
        await _fixture.AddAsync("new");
        await Eventually.TrueAsync(() => reconciler.StepsOf("new") == 1, Cancelled);

        Assert.Equal(0, reconciler.StepsOf("finished"));
    }

    [Fact]
    public async Task Feed_StepChangesTheResource_LeadsToTheNextStepUntilNothingChanges()
    {
        var kind = new ResourceKind<string>(Kind, new TextSerializer()) { Status = text => text };
        var set = _fixture.Store.For(kind);
        var reconciler = Start(async (key, _, token) =>
        {
            await set.UpdateAsync(
                key, text => text switch { "Pending" => "Running", "Running" => "Completed", _ => null }, token);
            return ReconcileOutcome.Done;
        });

        await set.TryAddAsync(Key("job"), Arn("job"), "Pending", cancellationToken: Cancelled);

        await Eventually.TrueAsync(
            async () => (await set.FindAsync(Key("job"), Cancelled))?.Document == "Completed", Cancelled);
        Assert.False(reconciler.Overlapped);
    }

    [Fact]
    public async Task Steps_OfManyKeysWokenOften_NeverOverlapForAKeyAndStayWithinTheLimit()
    {
        var reconciler = Start(async (_, _, token) =>
        {
            await Task.Yield();
            return ReconcileOutcome.Done;
        });
        var names = Enumerable.Range(0, 20).Select(i => $"job-{i}").ToArray();

        await Task.WhenAll(names.Select(name => Task.Run(
            async () =>
            {
                var resource = await _fixture.AddAsync(name);
                for (var i = 0; i < 10; i++)
                {
                    _host!.Wake(resource.Key);
                    resource = (await _fixture.Store.TryUpdateAsync(Update(resource, $"s{i}"), Cancelled))!;
                }
            },
            Cancelled)));

        await Eventually.TrueAsync(() => names.All(name => reconciler.StepsOf(name) > 0), Cancelled);
        Assert.False(reconciler.Overlapped);
        Assert.InRange(reconciler.MostAtOnce, 1, 3);
    }

    [Fact]
    public async Task Step_WokenWhileItRuns_RunsOnceMore()
    {
        using var gate = new SemaphoreSlim(0);
        var reconciler = Start(async (_, _, token) =>
        {
            await gate.WaitAsync(token);
            return ReconcileOutcome.Done;
        });
        var resource = await _fixture.AddAsync("job");
        await Eventually.TrueAsync(() => reconciler.Steps == 1, Cancelled);

        _host!.Wake(resource.Key);
        _host.Wake(resource.Key);
        gate.Release(2);

        await Eventually.TrueAsync(() => reconciler.Steps == 2 && gate.CurrentCount == 0, Cancelled);
    }

    [Fact]
    public async Task Step_AsksToComeAgain_RunsWhenItsTimeHasCome()
    {
        await _fixture.AddAsync("job");
        var reconciler = Start((_, count, _) => Task.FromResult(
            count == 1 ? ReconcileOutcome.Requeue(TimeSpan.FromSeconds(30)) : ReconcileOutcome.Done));
        await WaitingAsync();

        _fixture.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, reconciler.Steps);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => reconciler.Steps == 2, Cancelled);
    }

    [Fact]
    public async Task Step_Fails_IsRepeatedAfterGrowingWaits()
    {
        await _fixture.AddAsync("job");
        var reconciler = Start((_, count, _) => count <= 4
            ? Task.FromException<ReconcileOutcome>(new InvalidOperationException("not yet"))
            : Task.FromResult(ReconcileOutcome.Done));
        int[] waits = [1, 2, 4, 4];

        for (var i = 0; i < waits.Length; i++)
        {
            await Eventually.TrueAsync(() => reconciler.Steps == i + 1, Cancelled);
            await WaitingAsync();
            _fixture.Clock.Advance(TimeSpan.FromSeconds(waits[i]) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(i + 1, reconciler.Steps);
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Eventually.TrueAsync(() => reconciler.Steps == 5, Cancelled);
    }

    [Fact]
    public async Task Step_FailedAndChangedMeanwhile_WaitsOnlyTheFirstRetry()
    {
        var resource = await _fixture.AddAsync("job");
        var reconciler = Start((_, count, _) => count <= 3
            ? Task.FromException<ReconcileOutcome>(new InvalidOperationException("not yet"))
            : Task.FromResult(ReconcileOutcome.Done));
        foreach (var wait in new[] { 1, 2 })
        {
            await WaitingAsync();
            _fixture.Clock.Advance(TimeSpan.FromSeconds(wait));
        }

        await Eventually.TrueAsync(() => reconciler.Steps == 3, Cancelled);
        await WaitingAsync();
        _host!.Wake(resource.Key);
        Assert.Equal(3, reconciler.Steps);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => reconciler.Steps == 4, Cancelled);
    }

    [Fact]
    public async Task Sweep_EveryInterval_LooksAtWhatIsUnsettled()
    {
        await _fixture.AddAsync("job");
        var reconciler = Start((_, _, _) => Task.FromResult(ReconcileOutcome.Done));
        await Eventually.TrueAsync(() => reconciler.Steps == 1 && _fixture.Clock.PendingTimers == 1, Cancelled);

        _fixture.Clock.Advance(Options.SweepInterval);

        await Eventually.TrueAsync(() => reconciler.Steps == 2, Cancelled);
    }

    [Fact]
    public async Task Sweep_WhileAStepRuns_RunsItOnceMore()
    {
        await _fixture.AddAsync("job");
        using var gate = new SemaphoreSlim(0);
        var reconciler = Start(async (_, _, token) =>
        {
            await gate.WaitAsync(token);
            return ReconcileOutcome.Done;
        });
        await Eventually.TrueAsync(() => reconciler.Steps == 1, Cancelled);

        _fixture.Clock.Advance(Options.SweepInterval);
        gate.Release(2);

        await Eventually.TrueAsync(() => reconciler.Steps == 2, Cancelled);
    }

    [Fact]
    public async Task DisposeAsync_StepRuns_CancelsAndWaitsForIt()
    {
        var ended = false;
        var reconciler = Start(async (_, _, token) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            finally
            {
                ended = true;
            }

            return ReconcileOutcome.Done;
        });
        await _fixture.AddAsync("job");
        await Eventually.TrueAsync(() => reconciler.Steps == 1, Cancelled);

        await _host!.DisposeAsync();

        Assert.True(ended);
        _host.Wake(Key("job"));
        Assert.Equal(1, reconciler.Steps);
    }

    private ScriptedReconciler Start(Func<ResourceKey, int, CancellationToken, Task<ReconcileOutcome>> step)
    {
        var reconciler = new ScriptedReconciler(step);
        _host = new ReconcilerHost(
            _fixture.Store, [reconciler], _fixture.Clock, NullLogger<ReconcilerHost>.Instance, Options);
        _host.Start();
        return reconciler;
    }

    /// <summary>Until a key sleeps: one timer is the sweep's, the other the key's.</summary>
    private Task WaitingAsync() => Eventually.TrueAsync(() => _fixture.Clock.PendingTimers == 2, Cancelled);

    private sealed class TextSerializer : IDocumentSerializer<string>
    {
        public void Write(string document, IBufferWriter<byte> output) =>
            output.Write(Encoding.UTF8.GetBytes(document));

        public string Read(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body);
    }
}
