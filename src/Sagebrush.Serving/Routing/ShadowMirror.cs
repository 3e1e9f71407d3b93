using System.Buffers;
using System.Threading.Channels;

namespace Sagebrush.Serving.Routing;

/// <summary>Sends copies of a variant's requests to its shadow, whose answers nobody gets.</summary>
/// <remarks>
/// A request leaves its copy in a bounded queue and goes on: the shadow can neither delay nor fail it. What the queue cannot take
/// is counted and told to the observer. Thread safe.
/// </remarks>
public sealed class ShadowMirror : IAsyncDisposable
{
    /// <summary>Copies that may wait for the shadow.</summary>
    public const int LongestQueue = 1_000;

    private const long LargestQueue = 64L << 20;
    private const int CopiesPerInstance = 2;
    private const int MostAtOnce = 16;

    private readonly Channel<ShadowCopy> _copies = Channel.CreateBounded<ShadowCopy>(
        new BoundedChannelOptions(LongestQueue) { FullMode = BoundedChannelFullMode.Wait });

    private readonly IShadowObserver _observer;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _workers = [];
    private VariantRoute _shadow;
    private double _sampling;
    private long _queued;
    private long _shed;

    /// <summary>A mirror of a shadow variant.</summary>
    /// <param name="shadow">The shadow.</param>
    /// <param name="sampling">The share of the requests to copy, from 0 to 1.</param>
    /// <param name="observer">Is told how the shadow does.</param>
    /// <param name="time">The clock of latencies.</param>
    public ShadowMirror(VariantRoute shadow, double sampling, IShadowObserver observer, TimeProvider time)
    {
        (_shadow, _sampling, _observer, _time) = (shadow, sampling, observer, time);
        Work(shadow);
    }

    /// <summary>Changes the shadow's instances, or its share.</summary>
    public void Update(VariantRoute shadow, double sampling)
    {
        ArgumentNullException.ThrowIfNull(shadow);
        Volatile.Write(ref _shadow, shadow);
        Volatile.Write(ref _sampling, sampling);
        Work(shadow);
    }

    /// <summary>Takes a copy of a request, if it is among the sampled ones and the queue has room. Never waits.</summary>
    public void Offer(in Invocation request)
    {
        var sampling = Volatile.Read(ref _sampling);
        if (sampling <= 0 || (sampling < 1 && Random.Shared.NextDouble() >= sampling))
        {
            return;
        }

        var bytes = request.Body.Length;
        if (Interlocked.Add(ref _queued, bytes) <= LargestQueue
            && _copies.Writer.TryWrite(new ShadowCopy(request.Body.ToArray(), request with { Body = default })))
        {
            return;
        }

        Interlocked.Add(ref _queued, -bytes);
        Interlocked.Increment(ref _shed);
    }

    /// <summary>Drops what waits, ends what runs, and tells what was shed.</summary>
    public async ValueTask DisposeAsync()
    {
        _copies.Writer.TryComplete();
        await _ending.CancelAsync();
        Task[] workers;
        lock (_gate)
        {
            workers = [.. _workers];
        }

        await Task.WhenAll(workers);
        TellShed();
        _ending.Dispose();
    }

    /// <summary>Begins as many workers as the shadow's instances can use.</summary>
    private void Work(VariantRoute shadow)
    {
        lock (_gate)
        {
            var wanted = Math.Clamp(shadow.Instances.Length * CopiesPerInstance, 1, MostAtOnce);
            while (_workers.Count < wanted && !_ending.IsCancellationRequested)
            {
                _workers.Add(Task.Run(WorkAsync));
            }
        }
    }

    private async Task WorkAsync()
    {
        var answer = new ArrayBufferWriter<byte>();
        try
        {
            while (await _copies.Reader.WaitToReadAsync(_ending.Token))
            {
                while (!_ending.IsCancellationRequested && _copies.Reader.TryRead(out var copy))
                {
                    Interlocked.Add(ref _queued, -copy.Body.Length);
                    answer.ResetWrittenCount();
                    await AskAsync(copy, answer);
                    TellShed();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // What waits is dropped: nobody asked for it.
        }
    }

    private async Task AskAsync(ShadowCopy copy, ArrayBufferWriter<byte> answer)
    {
        var shadow = Volatile.Read(ref _shadow);
        if (shadow.Enter() is not { } instance)
        {
            Interlocked.Increment(ref _shed);
            return;
        }

        var began = _time.GetTimestamp();
        var request = copy.Request with { Body = new ReadOnlySequence<byte>(copy.Body) };
        try
        {
            var result = await instance.Server.InvokeAsync(request, answer, _ending.Token);
            _observer.Answered(_time.GetElapsedTime(began));
            if (shadow.Capture is { } capture && capture.Samples())
            {
                capture.Record(
                    new CapturedRequest(request.ContentType, request.CustomAttributes, request.InferenceId), request.Body, result, answer.WrittenSpan);
            }
        }
        catch (ModelInvocationException error)
        {
            _observer.Failed(_time.GetElapsedTime(began), error);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The shadow is going.
        }
#pragma warning disable CA1031 // A shadow that misbehaves is a shadow that failed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _observer.Failed(_time.GetElapsedTime(began), new ModelInvocationException(InvocationFailure.Faulted, 500, error.Message, error));
        }
        finally
        {
            instance.Leave();
        }
    }

    private void TellShed()
    {
        if (Interlocked.Exchange(ref _shed, 0) is var shed and > 0)
        {
            _observer.Shed(shed);
        }
    }
}
