using System.Reflection;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Tests.Training;

/// <summary>An object store whose disk is full for the first few writes that somebody asks of it.</summary>
public class FullDisk : DispatchProxy
{
    private const int NoSpaceLeft = 28;

    private IObjectStore _store = null!;
    private Func<bool> _isFull = null!;

    /// <summary>Wraps a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="isFull">Asked at each write.</param>
    public static IObjectStore Wrap(IObjectStore store, Func<bool> isFull)
    {
        var wrapped = Create<IObjectStore, FullDisk>();
        ((FullDisk)(object)wrapped)._store = store;
        ((FullDisk)(object)wrapped)._isFull = isFull;
        return wrapped;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        ArgumentNullException.ThrowIfNull(targetMethod);
        return targetMethod.Name == nameof(IObjectStore.WriteAsync) && _isFull()
            ? throw new IOException("No space left on device", NoSpaceLeft)
            : targetMethod.Invoke(_store, args);
    }
}
