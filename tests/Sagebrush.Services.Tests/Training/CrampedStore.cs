using System.Reflection;
using Sagebrush.State.Resources;
using Sagebrush.State.Sqlite;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A resource store that tells of each change for which its disk has no room.</summary>
public class CrampedStore : DispatchProxy
{
    private IResourceStore _store = null!;
    private Action _onRefused = null!;

    /// <summary>Wraps a store.</summary>
    public static IResourceStore Wrap(IResourceStore store, Action onRefused)
    {
        var wrapped = Create<IResourceStore, CrampedStore>();
        ((CrampedStore)(object)wrapped)._store = store;
        ((CrampedStore)(object)wrapped)._onRefused = onRefused;
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
        try
        {
            return await _store.TryUpdateAsync(update, cancellationToken);
        }
        catch (DatabaseFullException)
        {
            _onRefused();
            throw;
        }
    }
}
