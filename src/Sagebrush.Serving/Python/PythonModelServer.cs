using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Python;

/// <summary>Serves a model by the user's Python handlers in supervised worker processes.</summary>
/// <remarks>
/// A worker that dies, is killed for lateness or breaks its connection fails the request it was on, and is replaced:
/// at once after a healthy life, after growing pauses when it keeps dying.
/// </remarks>
public sealed class PythonModelServer : IModelServer
{
    private const int MaximumBackOff = 64;

    private readonly PythonModelOptions _options;
    private readonly WorkerFiles _files = new();
    private readonly ExchangeQueue _queue;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _slots = [];
    private readonly ConcurrentDictionary<int, bool> _processes = new();
    private long _started;
    private int _pausing;
    private string _lastFailure = "";

    private PythonModelServer(PythonModelOptions options)
    {
        _options = options;
        _queue = new ExchangeQueue(options.QueueLength, options.Workers);
    }

    /// <summary>Loads a model: returns when the first worker is ready for requests; the others follow.</summary>
    /// <exception cref="ModelLoadException">The model cannot be loaded; the message carries Python's own last line.</exception>
    public static async Task<PythonModelServer> LoadAsync(PythonModelOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Workers, 1);
        var server = new PythonModelServer(options);
        try
        {
            var first = await server.StartWorkerAsync(cancellationToken);
            for (var i = 0; i < options.Workers; i++)
            {
                server._slots.Add(server.SuperviseAsync(i == 0 ? first : null));
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Processes => [.. _processes.Keys];

    /// <inheritdoc/>
    public async ValueTask<bool> PingAsync(CancellationToken cancellationToken)
    {
        // When all are at work, or coming, only that every one is down means that nobody is there.
        var isUp = Volatile.Read(ref _pausing) < _options.Workers && !_stopping.IsCancellationRequested;
        if (!_queue.HasIdleWorker)
        {
            return isUp;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ping = new Exchange(default, default, patience) { IsPing = true };
        if (!_queue.TryAdd(ping))
        {
            return isUp;
        }

        using var left = cancellationToken.UnsafeRegister(
            _ =>
            {
                if (_queue.TryRemove(ping))
                {
                    ping.Complete(new WorkerResponse(isUp ? 200 : 503, "", []));
                }
            },
            null);
        try
        {
            return (await ping.Answer).Status == 200;
        }
        catch (ModelInvocationException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<InvocationResult> InvokeAsync(
        Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var response = await ExchangeAsync(invocation, null, cancellationToken).WaitAsync(cancellationToken);
        ThrowIfRefused(response);
        output.Write(response.Body);
        return new InvocationResult(response.ContentType);
    }

    /// <inheritdoc/>
    public async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);

        // The worker is only free again when it has stopped, which may take longer than the caller waits.
        var receiver = new DetachableSink(sink);
        try
        {
            var response = await ExchangeAsync(invocation, receiver, cancellationToken).WaitAsync(cancellationToken);
            ThrowIfRefused(response);
            if (!receiver.HasBegun)
            {
                await receiver.WriteAsync(new InvocationResult(response.ContentType), response.Body, cancellationToken);
            }
        }
        finally
        {
            await receiver.DetachAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync();
        foreach (var exchange in _queue.Close())
        {
            exchange.Fail(PythonWorker.Stopping());
        }

        await Task.WhenAll(_slots);
        _files.Dispose();
    }

    /// <summary>Has a worker answer. It is not broken off when the caller leaves, once a worker has begun.</summary>
    private async Task<WorkerResponse> ExchangeAsync(Invocation invocation, DetachableSink? receiver, CancellationToken caller)
    {
        if (Volatile.Read(ref _pausing) == _options.Workers)
        {
            throw Unavailable($"No worker of the model is up: {Volatile.Read(ref _lastFailure)}");
        }

        using var patience = new CancellationTokenSource(invocation.Timeout ?? _options.RequestTimeout, _options.TimeProvider);

        // The caller may leave before the end, and take the request's buffers along.
        var body = invocation is { IsBodyLasting: true, Body.IsSingleSegment: true } ? invocation.Body.First : invocation.Body.ToArray();
        var exchange = new Exchange(body, invocation with { Body = default }, patience)
        {
            Receiver = receiver,
            Caller = caller,
        };
        if (!_queue.TryAdd(exchange))
        {
            throw _stopping.IsCancellationRequested ? PythonWorker.Stopping() : Unavailable($"{_options.QueueLength} requests are waiting for the model already");
        }

        void GiveUp()
        {
            if (_queue.TryRemove(exchange))
            {
                exchange.Fail(caller.IsCancellationRequested ? new OperationCanceledException(caller) : PythonWorker.Timeout());
            }
        }

        using var late = patience.Token.UnsafeRegister(static give => ((Action)give!)(), (Action)GiveUp);
        using var left = caller.UnsafeRegister(static give => ((Action)give!)(), (Action)GiveUp);
        return await exchange.Answer;
    }

    private static void ThrowIfRefused(WorkerResponse response)
    {
        if (response.Status is < 200 or >= 300)
        {
            throw PythonWorker.Refusal(response.Status, Encoding.UTF8.GetString(response.Body));
        }
    }

    private Task<PythonWorker> StartWorkerAsync(CancellationToken cancellationToken) =>
        PythonWorker.StartAsync(_options, _files, Interlocked.Increment(ref _started), _queue, cancellationToken);

    /// <summary>Keeps one worker running until the server stops.</summary>
    private async Task SuperviseAsync(PythonWorker? worker)
    {
        var failures = 0;
        var loads = true;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                worker ??= await StartWorkerAsync(_stopping.Token);
                _processes[worker.ProcessId] = true;
                loads = true;
                var since = _options.TimeProvider.GetTimestamp();
                await worker.Exited.WaitAsync(_stopping.Token);
                failures = _options.TimeProvider.GetElapsedTime(since) > TimeSpan.FromMinutes(1) ? 0 : failures + 1;
                Fail("a worker process died");
            }
            catch (ModelLoadException error)
            {
                failures++;
                loads = false;
                Fail(error.Message);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // The worker, if there is one, is ended below.
            }

            if (worker is not null)
            {
                _processes.TryRemove(worker.ProcessId, out _);
                await worker.DisposeAsync();
                worker = null;
            }

            await PauseAsync(failures, loads);
        }
    }

    private void Fail(string reason)
    {
        Volatile.Write(ref _lastFailure, reason);
        _options.Log($"{reason}; it will be replaced");
    }

    private async Task PauseAsync(int failures, bool loads)
    {
        // A first death is mended at once: it may have been one bad request.
        if (failures < 2 || _stopping.IsCancellationRequested)
        {
            return;
        }

        // While the model still loads, requests wait for the next worker: one bad request must not turn the others away.
        var down = loads ? 0 : 1;
        Interlocked.Add(ref _pausing, down);
        try
        {
            var pause = _options.RestartDelay * Math.Min(1 << Math.Min(failures - 2, 10), MaximumBackOff);
            await Task.Delay(pause, _options.TimeProvider, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            Interlocked.Add(ref _pausing, -down);
        }
    }

    private static ModelInvocationException Unavailable(string message) => new(InvocationFailure.Unavailable, 503, message);
}
