using System.Threading.Channels;
using Sagebrush.Contracts.Logs;
using Sagebrush.State.Logs;

namespace Sagebrush.Services.Logs.LiveTail;

/// <summary>What one live tail wants to see, and what waits to be sent to it.</summary>
/// <remarks>Bounded: when a client reads too slowly, or more comes than is ever sent, the newest events are left out and it is told.</remarks>
internal sealed class TailSession : ILogObserver
{
    private const int LongestQueue = 10_000;

    private readonly HashSet<LogGroupKey> _groups;
    private readonly HashSet<string>? _streams;
    private readonly IReadOnlyList<string>? _prefixes;
    private readonly Func<string, bool>? _matches;
    private readonly TimeProvider _time;
    private readonly Channel<TailedEvent> _events = Channel.CreateBounded<TailedEvent>(LongestQueue);
    private int _dropped;

    public TailSession(IEnumerable<LogGroupKey> groups, StartLiveTailRequest request, Func<string, bool>? matches, TimeProvider time)
    {
        _groups = [.. groups];
        _streams = request.LogStreamNames is { } names ? new HashSet<string>(names, StringComparer.Ordinal) : null;
        _prefixes = request.LogStreamNamePrefixes;
        (_matches, _time) = (matches, time);
    }

    public void Appended(LogStreamKey stream, IReadOnlyList<LogLine> lines)
    {
        if (!_groups.Contains(stream.Group) || !Wants(stream.Name))
        {
            return;
        }

        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var line in lines)
        {
            if ((_matches is null || _matches(line.Message)) && !_events.Writer.TryWrite(new TailedEvent(stream, line, now)))
            {
                Interlocked.Exchange(ref _dropped, 1);
                return;
            }
        }
    }

    /// <summary>Takes what is there, up to a number; what is more is left out.</summary>
    /// <returns>The events, and whether some were left out since the last time.</returns>
    public (List<TailedEvent> Events, bool Sampled) Take(int most)
    {
        var events = new List<TailedEvent>();
        var sampled = Interlocked.Exchange(ref _dropped, 0) != 0;
        while (_events.Reader.TryRead(out var one))
        {
            if (events.Count < most)
            {
                events.Add(one);
            }
            else
            {
                sampled = true;
            }
        }

        return (events, sampled);
    }

    private bool Wants(string stream) => (_streams is null || _streams.Contains(stream))
        && (_prefixes is null || _prefixes.Any(prefix => stream.StartsWith(prefix, StringComparison.Ordinal)));
}
