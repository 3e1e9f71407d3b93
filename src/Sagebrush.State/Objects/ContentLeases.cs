namespace Sagebrush.State.Objects;

/// <summary>
/// Keeps the parts of an object on the disk while somebody reads them, so that a reader of ten thousand parts need not hold ten
/// thousand files open.
/// </summary>
internal sealed class ContentLeases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, int> _readers = [];
    private readonly HashSet<long> _dying = [];
    private readonly HashSet<long> _awaited = [];

    /// <summary>Begins to read.</summary>
    /// <returns>False when the parts are being removed at this moment.</returns>
    public bool TryAcquire(long owner)
    {
        lock (_gate)
        {
            if (_dying.Contains(owner))
            {
                return false;
            }

            _readers[owner] = _readers.GetValueOrDefault(owner) + 1;
            return true;
        }
    }

    /// <summary>Ends reading.</summary>
    /// <returns>Whether somebody waits to remove the parts.</returns>
    public bool Release(long owner)
    {
        lock (_gate)
        {
            if (--_readers[owner] > 0)
            {
                return false;
            }

            _readers.Remove(owner);
            return _awaited.Remove(owner);
        }
    }

    /// <summary>Begins to remove.</summary>
    /// <returns>False while somebody reads.</returns>
    public bool TryClaim(long owner)
    {
        lock (_gate)
        {
            if (_readers.ContainsKey(owner))
            {
                _awaited.Add(owner);
                return false;
            }

            _dying.Add(owner);
            return true;
        }
    }

    /// <summary>Ends removing.</summary>
    public void Forget(long owner)
    {
        lock (_gate)
        {
            _dying.Remove(owner);
        }
    }
}
