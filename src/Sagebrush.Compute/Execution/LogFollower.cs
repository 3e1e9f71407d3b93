using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sagebrush.Compute.Execution;

/// <summary>Reads a run's log file while it grows.</summary>
/// <remarks>
/// A script that prints faster than its output can be kept is not held up, and does not fill the disk either: when more than
/// <paramref name="maxBacklogBytes"/> wait to be read, the older half is left out and a line says so.
/// </remarks>
internal sealed class LogFollower(string path, long position, Task ended, KernelEvents events, TimeProvider time, long maxBacklogBytes)
{
    private const int ChunkBytes = 1024 * 1024;

    // The kernel's news come at once; the timer is for file systems that send none.
    private static readonly TimeSpan WithNews = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WithoutNews = TimeSpan.FromMilliseconds(20);

    public async IAsyncEnumerable<LogBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var splitter = new LogLineSplitter(position);
            var next = position;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Asked before reading: what is printed until the end is then certainly read.
                var isLast = ended.IsCompleted;
                List<LogLine> lines = [];
                if (RandomAccess.GetLength(file) - next > maxBacklogBytes)
                {
                    next = Skip(RandomAccess.GetLength(file) - (maxBacklogBytes / 2), splitter, lines);
                }

                var count = RandomAccess.Read(file, buffer.AsSpan(0, ChunkBytes), next);
                next += count;
                splitter.Push(buffer.AsSpan(0, count), time.GetUtcNow(), lines);
                if (count == 0 && isLast)
                {
                    splitter.Finish(time.GetUtcNow(), lines);
                }

                if (lines.Count > 0)
                {
                    yield return new LogBatch(lines, splitter.Position);
                }

                if (count > 0)
                {
                    continue;
                }

                if (isLast)
                {
                    yield break;
                }

                await GrowthAsync(() => RandomAccess.GetLength(file) > next, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private long Skip(long to, LogLineSplitter splitter, List<LogLine> lines)
    {
        var now = time.GetUtcNow();
        splitter.Finish(now, lines);
        lines.Add(new(now, string.Create(
            CultureInfo.InvariantCulture,
            $"[{to - splitter.Position} bytes of output are left out here: the job printed faster than its log could be kept]")));
        splitter.SkipTo(to);
        return to;
    }

    private async Task GrowthAsync(Func<bool> hasGrown, CancellationToken cancellationToken)
    {
        var modified = events.SeesChanges ? events.WhenModified(path) : ended;
        if (!hasGrown())
        {
            Task any = Task.WhenAny(modified, ended);
            await any.WaitAsync(events.SeesChanges ? WithNews : WithoutNews, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
