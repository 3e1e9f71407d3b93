using System.Diagnostics;
using System.Reflection;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A resource store whose program dies at a document's change: right after the first it stores, or right before the second.</summary>
public class MortalStore : DispatchProxy
{
    private IResourceStore _store = null!;
    private bool _before;
    private int _changes;

    /// <summary>Wraps a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="before">Whether to die before the second change rather than after the first.</param>
    public static IResourceStore Wrap(IResourceStore store, bool before)
    {
        var wrapped = Create<IResourceStore, MortalStore>();
        ((MortalStore)(object)wrapped)._store = store;
        ((MortalStore)(object)wrapped)._before = before;
        return wrapped;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        return targetMethod.Name == nameof(IResourceStore.TryUpdateAsync)
            ? new ValueTask<Resource?>(ChangeAsync((ResourceUpdate)args![0]!, (CancellationToken)args[1]!))
            : targetMethod.Invoke(_store, args);
    }

    private async Task<Resource?> ChangeAsync(ResourceUpdate update, CancellationToken cancellationToken)
    {
        if (_before && Interlocked.Increment(ref _changes) > 1)
        {
            await DieAsync();
        }

        var updated = await _store.TryUpdateAsync(update, cancellationToken);
        if (!_before && updated is not null)
        {
            await DieAsync();
        }

        return updated;
    }

    private static Task DieAsync()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        return Task.Delay(Timeout.Infinite);
    }
}
