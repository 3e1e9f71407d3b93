using System.Collections.Concurrent;

using Sagebrush.State.Blobs;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>
/// When blobs were last counted on by somebody: a client that was told that a layer is here does not send it again, so it must stay until
/// the image is put. Kept in memory; after a start everything counts as touched. Thread safe.
/// </summary>
internal sealed class Touches(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Repository, BlobDigest Digest), DateTimeOffset> _times = new();
    private readonly DateTimeOffset _start = clock.GetUtcNow();

    public void Touch(string repository, BlobDigest digest)
    {
        var now = clock.GetUtcNow();
        _times[(repository, digest)] = now;
        _times[("", digest)] = now;
    }

    /// <summary>When a repository's link to a blob was last counted on.</summary>
    public DateTimeOffset LastOf(string repository, BlobDigest digest) => _times.TryGetValue((repository, digest), out var time) ? time : _start;

    /// <summary>When a blob was last counted on, in whichever repository.</summary>
    public DateTimeOffset LastOf(BlobDigest digest) => LastOf("", digest);

    /// <summary>Forgets what lies before a time.</summary>
    public void ForgetBefore(DateTimeOffset time)
    {
        foreach (var touch in _times.Where(touch => touch.Value < time))
        {
            _times.TryRemove(touch);
        }
    }
}
