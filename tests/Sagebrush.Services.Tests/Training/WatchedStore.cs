using System.Reflection;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Tests.Training;

/// <summary>A resource store with something around each change of a document.</summary>
public class WatchedStore : DispatchProxy
{
    private IResourceStore _store = null!;
    private Func<Func<ValueTask<Resource?>>, Task<Resource?>> _around = null!;

    /// <summary>Wraps a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="around">Given the change to make; answers with what became of it.</param>
    public static IResourceStore Wrap(IResourceStore store, Func<Func<ValueTask<Resource?>>, Task<Resource?>> around)
    {
        var wrapped = Create<IResourceStore, WatchedStore>();
        ((WatchedStore)(object)wrapped)._store = store;
        ((WatchedStore)(object)wrapped)._around = around;
        return wrapped;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        return targetMethod.Name == nameof(IResourceStore.TryUpdateAsync)
            ? new ValueTask<Resource?>(_around(() => _store.TryUpdateAsync((ResourceUpdate)args![0]!, (CancellationToken)args[1]!)))
            : targetMethod.Invoke(_store, args);
    }
}
