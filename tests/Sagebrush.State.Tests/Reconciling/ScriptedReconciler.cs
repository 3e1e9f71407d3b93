using System.Collections.Concurrent;
using Sagebrush.State.Reconciling;
using Sagebrush.State.Resources;
using Sagebrush.State.Tests.Resources;

namespace Sagebrush.State.Tests.Reconciling;

/// <summary>Counts its steps, notices overlaps, and does as the test says.</summary>
internal sealed class ScriptedReconciler(Func<ResourceKey, int, CancellationToken, Task<ReconcileOutcome>> step)
    : IReconciler
{
    private readonly ConcurrentDictionary<ResourceKey, int> _running = new();
    private readonly ConcurrentDictionary<ResourceKey, int> _steps = new();
    private int _atOnce;

    public string Kind => ResourceStoreFixture.Kind;

    public bool Overlapped { get; private set; }

    public int MostAtOnce { get; private set; }

    public int Steps => _steps.Values.Sum();

    public bool IsSettled(string status) => status == "Completed";

    public int StepsOf(string name) => _steps.GetValueOrDefault(ResourceStoreFixture.Key(name));

    public async ValueTask<ReconcileOutcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        if (!_running.TryAdd(key, 0))
        {
            Overlapped = true;
        }

        var atOnce = Interlocked.Increment(ref _atOnce);
        MostAtOnce = Math.Max(MostAtOnce, atOnce);
        var count = _steps.AddOrUpdate(key, 1, (_, before) => before + 1);
        try
        {
            return await step(key, count, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
            _running.TryRemove(key, out _);
        }
    }
}
