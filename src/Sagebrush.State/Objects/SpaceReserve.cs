namespace Sagebrush.State.Objects;

/// <summary>Space kept on the disk for deletions: on a full one the index could not even note what is to go.</summary>
/// <remarks>Thread safe.</remarks>
internal sealed class SpaceReserve
{
    private const int Size = 4 * 1024 * 1024;

    private readonly string _path;
    private readonly Lock _gate = new();
    private bool _isKept;

    public SpaceReserve(string path)
    {
        _path = path;
        Keep();
    }

    /// <summary>Takes the space again where it was given away and there is room by now.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            _isKept = _isKept || new FileInfo(_path) is { Exists: true, Length: Size } || TryTake();
        }
    }

    /// <summary>Gives the space to whoever needs it next.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryRelease()
    {
        lock (_gate)
        {
            if (!_isKept)
            {
                return false;
            }

            _isKept = false;
            File.Delete(_path);
            return true;
        }
    }

    /// <remarks>Zeros are written, for a file that is merely long takes no space.</remarks>
    private bool TryTake()
    {
        try
        {
            File.WriteAllBytes(_path, new byte[Size]);
            return true;
        }
        catch (IOException)
        {
            File.Delete(_path);
            return false;
        }
    }
}
