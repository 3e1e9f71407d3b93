using Sagebrush.State.Objects;

namespace Sagebrush.Services.S3.Lifecycle;

/// <summary>Follows the versions of a key from the newest on, over the pages of a list.</summary>
internal sealed class KeyHistory
{
    private string? _key;
    private DateTimeOffset _previous;
    private int _noncurrent;

    /// <summary>Takes the next version of the list.</summary>
    /// <returns>When it was replaced, and how many replaced versions of its key are newer.</returns>
    public (DateTimeOffset Since, int Newer) Visit(ListedVersion version)
    {
        if (version.Object.Key != _key)
        {
            (_key, _noncurrent, _previous) = (version.Object.Key, 0, version.Object.LastModified);
        }

        var history = (_previous, _noncurrent);
        _previous = version.Object.LastModified;
        _noncurrent += version.IsLatest ? 0 : 1;
        return history;
    }
}
