namespace Sagebrush.State.Objects;

/// <summary>Numbers that never repeat: microseconds since 1970, or the last one plus one.</summary>
internal sealed class IdSequence(long last, TimeProvider clock)
{
    private long _last = last;

    public long Next()
    {
        var now = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, now);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
