using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Services.Hosting.Fleets;
using Sagebrush.State.Logs;
using Sagebrush.State.Resources;
using Sagebrush.State.Sqlite;

namespace Sagebrush.Services.Hosting.Asynchronous;

/// <summary>The requests of one asynchronous endpoint that wait, and the work on them.</summary>
/// <remarks>What waits is stored; here is only its order. Work begins where a variant has a free place, the oldest request first.</remarks>
internal sealed partial class AsyncQueue : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExpiryCheck = TimeSpan.FromSeconds(5);

    private readonly AsyncParts _parts;
    private readonly ResourceKey _endpoint;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Queue<AsyncEntry> _waiting = new();
    private readonly HashSet<ResourceKey> _known = [];
    private readonly Dictionary<string, EndpointLog> _logs = new(StringComparer.Ordinal);
    private readonly HashSet<Task> _work = [];
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ending = new();
    private AsyncCapacity _capacity;
    private Task? _loop;
    private DateTimeOffset _nextExpiryCheck;
    private int _running;

    public AsyncQueue(AsyncParts parts, ResourceKey endpoint, FleetPlan plan)
    {
        (_parts, _endpoint, _logger, _capacity) = (parts, endpoint, parts.Logger, new AsyncCapacity(plan));
    }

    /// <summary>Lets these variants, with these numbers of instances, work on what waits.</summary>
    public async Task WorkAsync(FleetPlan plan, CancellationToken cancellationToken)
    {
        foreach (var variant in plan.Variants)
        {
            var stream = new LogGroupKey(_endpoint.Account, _endpoint.Region, $"/aws/sagemaker/Endpoints/{_endpoint.Name}")
                .Stream($"{variant.Name}/{variant.InstanceId}/data-log");
            if (_logs.ContainsKey(stream.Name))
            {
                continue;
            }

            await _parts.Logs.EnsureStreamAsync(stream, cancellationToken);
            lock (_gate)
            {
                _logs[stream.Name] = new EndpointLog(_parts.Logs, stream, _parts.Clock, _logger);
            }
        }

        lock (_gate)
        {
            _capacity = _capacity.With(plan);
        }

        _loop ??= Task.Run(LoopAsync, CancellationToken.None);
        Wake();
    }

    /// <summary>Puts a stored request in its place, unless it is there already.</summary>
    public void Offer(AsyncEntry entry)
    {
        lock (_gate)
        {
            if (!_known.Add(entry.Key))
            {
                return;
            }

            _waiting.Enqueue(entry);
        }

        Wake();
    }

    /// <summary>What waits and what is worked on, for metrics.</summary>
    public AsyncBacklog Backlog()
    {
        lock (_gate)
        {
            return new AsyncBacklog(
                _waiting.Count + _running,
                _capacity.Plan.Variants.Sum(variant => variant.InstanceCount),
                _waiting.TryPeek(out var oldest) ? _parts.Clock.GetUtcNow() - oldest.Received : TimeSpan.Zero);
        }
    }

    /// <summary>Ends the work; what was begun and not finished stays stored.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await (_loop ?? Task.CompletedTask);
        Task[] work;
        lock (_gate)
        {
            work = [.. _work];
        }

        await Task.WhenAll(work);
        await Task.WhenAll(_logs.Values.Select(log => log.DisposeAsync().AsTask()));
        _ending.Dispose();
    }

    private void Wake() => _wakes.Writer.TryWrite(true);

    private async Task LoopAsync()
    {
        try
        {
            while (true)
            {
                StartWhatCan();
                using var check = new CancellationTokenSource(ExpiryCheck, _parts.Clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(check.Token, _ending.Token);
                try
                {
                    await _wakes.Reader.WaitToReadAsync(either.Token);
                    _wakes.Reader.TryRead(out _);
                }
                catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
                {
                    // Time to see what has expired.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The endpoint, or the program, ends.
        }
    }

    private void StartWhatCan()
    {
        lock (_gate)
        {
            var now = _parts.Clock.GetUtcNow();
            if (now >= _nextExpiryCheck)
            {
                _nextExpiryCheck = now + ExpiryCheck;
                Expire(now);
            }

            while (_waiting.Count > 0 && _capacity.TryTake() is { } variant)
            {
                Start(_waiting.Dequeue(), variant, _capacity);
            }
        }
    }

    /// <summary>Times to live differ: whoever has outlived his leaves from wherever he stands.</summary>
    private void Expire(DateTimeOffset now)
    {
        for (var i = _waiting.Count; i > 0; i--)
        {
            var entry = _waiting.Dequeue();
            if (entry.Expires > now)
            {
                _waiting.Enqueue(entry);
            }
            else
            {
                Start(entry, null, _capacity);
            }
        }
    }

    private void Start(AsyncEntry entry, VariantPlan? variant, AsyncCapacity capacity)
    {
        _running++;
        var work = Task.Run(() => DoAsync(entry, variant, capacity), CancellationToken.None);
        _work.Add(work);
        work.ContinueWith(
            ended =>
            {
                lock (_gate)
                {
                    _work.Remove(ended);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task DoAsync(AsyncEntry entry, VariantPlan? variant, AsyncCapacity capacity)
    {
        var done = false;
        try
        {
            var run = new AsyncRun(_parts, _endpoint, capacity.Plan.Async!);
            if (variant is null)
            {
                await run.ExpireAsync(entry, capacity.Plan.Variants[0], Log(capacity.Plan.Variants[0]), _ending.Token);
                done = true;
            }
            else
            {
                done = await run.RunAsync(entry, variant, Log(variant), _ending.Token);
            }

            if (!done)
            {
                // The fleet is being exchanged: the next one takes it.
                await Task.Delay(Pause / 10, _parts.Clock, _ending.Token);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // It stays stored for the next start.
        }
        catch (Exception error) when (error is DatabaseException or IOException or ObjectDisposedException)
        {
            LogAgain(error, entry.Key.Name, _endpoint.Name);
            await Task.Delay(Pause, _parts.Clock, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Finish(entry, variant, done);
    }

    private void Finish(AsyncEntry entry, VariantPlan? variant, bool done)
    {
        lock (_gate)
        {
            _running--;
            if (variant is not null && _capacity.Plan.Variants.Any(planned => planned.Name == variant.Name))
            {
                _capacity.Release(variant);
            }

            if (done)
            {
                _known.Remove(entry.Key);
            }
            else
            {
                _waiting.Enqueue(entry);
            }
        }

        Wake();
    }

    private EndpointLog Log(VariantPlan variant)
    {
        lock (_gate)
        {
            return _logs[$"{variant.Name}/{variant.InstanceId}/data-log"];
        }
    }

    [LoggerMessage(EventId = 3053, Level = LogLevel.Error, Message = "Request {Request} to endpoint {Endpoint} met a fault of ours and is done again")]
    private partial void LogAgain(Exception exception, string request, string endpoint);
}
