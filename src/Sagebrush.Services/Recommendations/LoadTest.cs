using System.Buffers;
using Sagebrush.Serving;

namespace Sagebrush.Services.Recommendations;

/// <summary>Users who ask a model one request after the other, for a while.</summary>
/// <param name="ask">Answers one request.</param>
/// <param name="payloads">The bodies of the requests, which take turns.</param>
/// <param name="contentType">What they are.</param>
/// <param name="lanes">How many requests are under way at once, as a machine of so many processors has it; further ones wait their turn.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadTest(
    Func<Invocation, IBufferWriter<byte>, CancellationToken, ValueTask<InvocationResult>> ask, IReadOnlyList<byte[]> payloads, string? contentType, int lanes, TimeProvider time)
    : IDisposable
{
    private readonly SemaphoreSlim _lanes = new(lanes);
    private int _next;

    public void Dispose() => _lanes.Dispose();

    /// <summary>Lets users ask until the time is up.</summary>
    /// <returns>The latencies of the requests answered, in no order; and the errors.</returns>
    public async Task<LoadWindow> RunAsync(int users, TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var windows = await Task.WhenAll(Enumerable.Range(0, users).Select(_ => Task.Run(() => AskAsync(began, duration, cancellationToken), cancellationToken)));
        return new LoadWindow(
            [.. windows.SelectMany(window => window.Latencies)],
            windows.Sum(window => window.Errors),
            windows.Select(window => window.LastError).FirstOrDefault(error => error is not null),
            time.GetElapsedTime(began));
    }

    private async Task<LoadWindow> AskAsync(long began, TimeSpan duration, CancellationToken cancellationToken)
    {
        var latencies = new List<TimeSpan>();
        var answer = new ArrayBufferWriter<byte>();
        var errors = 0;
        string? last = null;
        while (time.GetElapsedTime(began) < duration && !cancellationToken.IsCancellationRequested)
        {
            var payload = payloads[(int)((uint)Interlocked.Increment(ref _next) % (uint)payloads.Count)];
            var asked = time.GetTimestamp();
            await _lanes.WaitAsync(cancellationToken);
            try
            {
                answer.ResetWrittenCount();
                await ask(new Invocation(new ReadOnlySequence<byte>(payload), contentType), answer, cancellationToken);
                latencies.Add(time.GetElapsedTime(asked));
            }
            catch (ModelInvocationException error)
            {
                errors++;
                last = error.Message;
            }
            finally
            {
                _lanes.Release();
            }
        }

        return new LoadWindow(latencies, errors, last, time.GetElapsedTime(began));
    }
}
