using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
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
    private readonly Channel<PythonWorker> _idle = Channel.CreateUnbounded<PythonWorker>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _slots = [];
    private readonly ConcurrentDictionary<int, bool> _processes = new();
    private long _started;
    private int _waiting;
    private int _pausing;
    private string _lastFailure = "";

    private PythonModelServer(PythonModelOptions options) => _options = options;

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
        while (_idle.Reader.TryRead(out var worker))
        {
            if (!worker.IsAlive)
            {
                continue;
            }

            try
            {
                return await worker.PingAsync(cancellationToken);
            }
            finally
            {
                Return(worker);
            }
        }

        // All are at work, or coming: only when every one is down is nobody there.
        return Volatile.Read(ref _pausing) < _options.Workers && !_stopping.IsCancellationRequested;
    }

    /// <inheritdoc/>
    public async ValueTask<InvocationResult> InvokeAsync(
        Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);

        // The exchange with the worker may outlive the caller, and with it the request's buffers.
        var exchange = ExchangeAsync(invocation.Body.ToArray(), invocation with { Body = default }, cancellationToken);
        var response = await exchange.WaitAsync(cancellationToken);
        if (response.Status is >= 200 and < 300)
        {
            output.Write(response.Body);
            return new InvocationResult(response.ContentType);
        }

        throw PythonWorker.Refusal(response.Status, Encoding.UTF8.GetString(response.Body));
    }

    /// <inheritdoc/>
    public async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);

        // The worker is only free again when it has stopped, which may take longer than the caller waits.
        var receiver = new DetachableSink(sink);
        var exchange = StreamAsync(invocation.Body.ToArray(), invocation with { Body = default }, receiver, cancellationToken);
        try
        {
            await exchange.WaitAsync(cancellationToken);
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
        await Task.WhenAll(_slots);
        _files.Dispose();
    }

    private async Task<WorkerResponse> ExchangeAsync(byte[] body, Invocation invocation, CancellationToken caller)
    {
        using var timeout = new CancellationTokenSource(invocation.Timeout ?? _options.RequestTimeout, _options.TimeProvider);
        var worker = await TakeAsync(timeout.Token, caller);
        try
        {
            return await worker.InvokeAsync(body, invocation, timeout.Token);
        }
        finally
        {
            Return(worker);
        }
    }

    private async Task StreamAsync(byte[] body, Invocation invocation, DetachableSink receiver, CancellationToken caller)
    {
        using var timeout = new CancellationTokenSource(invocation.Timeout ?? _options.RequestTimeout, _options.TimeProvider);
        var worker = await TakeAsync(timeout.Token, caller);
        try
        {
            await worker.StreamAsync(body, invocation, receiver, timeout, caller);
        }
        finally
        {
            Return(worker);
        }
    }

    private async Task<PythonWorker> TakeAsync(CancellationToken timeout, CancellationToken caller)
    {
        if (Interlocked.Increment(ref _waiting) > _options.QueueLength)
        {
            Interlocked.Decrement(ref _waiting);
            throw Unavailable($"{_options.QueueLength} requests are waiting for the model already");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout, caller, _stopping.Token);
        try
        {
            while (true)
            {
                if (Volatile.Read(ref _pausing) == _options.Workers)
                {
                    throw Unavailable($"No worker of the model is up: {Volatile.Read(ref _lastFailure)}");
                }

                var worker = await _idle.Reader.ReadAsync(either.Token);
                if (worker.IsAlive)
                {
                    return worker;
                }
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw PythonWorker.Timeout();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw Unavailable("The model is being stopped");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void Return(PythonWorker worker)
    {
        if (worker.IsAlive)
        {
            _idle.Writer.TryWrite(worker);
        }
    }

    private Task<PythonWorker> StartWorkerAsync(CancellationToken cancellationToken) =>
        PythonWorker.StartAsync(_options, _files, Interlocked.Increment(ref _started), cancellationToken);

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
                Return(worker);
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
