using System.Buffers;
using System.Collections.Concurrent;
using Sagebrush.Serving.Routing;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Composite;

/// <summary>Many models behind one container: loaded when first asked for, and let go, the longest unused first, when memory is short.</summary>
/// <remarks>A model being asked is never ended: it leaves the table at once and ends with its last request.</remarks>
public sealed class MultiModelServer : IModelServer
{
    private readonly ConcurrentDictionary<string, Entry> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _retiring = new();
    private readonly IModelSource _source;
    private readonly long _memory;
    private readonly TimeProvider _clock;
    private readonly Lock _evicting = new();
    private long _time;
    private volatile bool _disposed;

    /// <summary>Creates a server without any model loaded.</summary>
    /// <param name="source">Where models come from.</param>
    /// <param name="memory">Bytes the loaded models may take together; one model may exceed it alone.</param>
    /// <param name="clock">Times loading and unloading; the system's clock unless given.</param>
    public MultiModelServer(IModelSource source, long memory, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(memory);
        (_source, _memory, _clock) = (source, memory, clock ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public InvocationTarget Target => InvocationTarget.Model;

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Processes =>
        [.. _models.Values.Where(entry => entry.Loading.IsCompletedSuccessfully).SelectMany(entry => entry.Loading.Result.Server.Processes)];

    /// <summary>Is told what becomes of models; set before the first request.</summary>
    public IModelCacheObserver? Observer { get; set; }

    /// <summary>The models loaded now.</summary>
    public IReadOnlyCollection<string> Loaded => [.. _models.Where(pair => pair.Value.Loading.IsCompletedSuccessfully).Select(pair => pair.Key)];

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    /// <inheritdoc/>
    public ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        TryEnter(invocation.Target!) is { } model
            ? AskAsync(model, invocation, output, cancellationToken)
            : LoadAndAskAsync(invocation, output, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        var model = TryEnter(invocation.Target!) ?? await LoadAsync(invocation.Target!, cancellationToken);
        try
        {
            await model.Server.InvokeStreamAsync(invocation, sink, cancellationToken);
        }
        finally
        {
            model.Leave();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var name in _models.Keys)
        {
            if (_models.TryRemove(name, out var entry))
            {
                Retire(entry);
            }
        }

        await Task.WhenAll(_retiring.Keys);
    }

    private async ValueTask<InvocationResult> LoadAndAskAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken) =>
        await AskAsync(await LoadAsync(invocation.Target!, cancellationToken), invocation, output, cancellationToken);

    /// <summary>Enters a model that is loaded.</summary>
    private ServedModel? TryEnter(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_models.TryGetValue(name, out var entry) || entry.TryEnter() is not { } model)
        {
            return null;
        }

        Observer?.Asked(waited: null);
        entry.Touch(Interlocked.Increment(ref _time));
        return model;
    }

    /// <summary>Loads a model, or waits until somebody else has, and enters it.</summary>
    private async Task<ServedModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var asked = _clock.GetTimestamp();
        while (true)
        {
            var entry = _models.GetOrAdd(name, static (name, source) => new Entry(() => source.LoadAsync(name, CancellationToken.None)), _source);
            var first = entry.BeginLoading();
            try
            {
                await entry.Loading.WaitAsync(cancellationToken);
            }
            catch (Exception error) when (error is ModelLoadException or ModelInvocationException)
            {
                _models.TryRemove(KeyValuePair.Create(name, entry));
                throw error is ModelInvocationException
                    ? error
                    : new ModelInvocationException(InvocationFailure.Faulted, 500, $"The model {name} could not be loaded: {error.Message}", error);
            }
            catch (Exception) when (entry.Loading.IsFaulted)
            {
                _models.TryRemove(KeyValuePair.Create(name, entry));
                throw;
            }

            entry.Touch(Interlocked.Increment(ref _time));
            if (first)
            {
                Observer?.Loaded(entry.Loading.Result.Downloading, _clock.GetElapsedTime(asked) - entry.Loading.Result.Downloading);
                Evict(entry);
            }

            if (_disposed && _models.TryRemove(KeyValuePair.Create(name, entry)))
            {
                Retire(entry);
            }

            if (entry.TryEnter() is { } model)
            {
                Observer?.Asked(_clock.GetElapsedTime(asked));
                return model;
            }

            ObjectDisposedException.ThrowIf(_disposed, this);

            // It was let go between loading and asking: memory is very short. Load it again.
        }
    }

    private static async ValueTask<InvocationResult> AskAsync(
        ServedModel model, Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        try
        {
            return await model.Server.InvokeAsync(invocation, output, cancellationToken);
        }
        finally
        {
            model.Leave();
        }
    }

    /// <summary>Lets models go until the others fit, but never the one that was just loaded.</summary>
    private void Evict(Entry newest)
    {
        lock (_evicting)
        {
            var loaded = _models.Where(pair => pair.Value.Loading.IsCompletedSuccessfully).OrderBy(pair => pair.Value.LastUsed).ToList();
            var taken = loaded.Sum(pair => pair.Value.Loading.Result.Bytes);
            foreach (var pair in loaded.TakeWhile(_ => taken > _memory))
            {
                if (pair.Value != newest && _models.TryRemove(pair))
                {
                    taken -= pair.Value.Loading.Result.Bytes;
                    Retire(pair.Value);
                }
            }
        }
    }

    private void Retire(Entry entry)
    {
        var retiring = RetireAsync(entry);
        _retiring[retiring] = true;
        _ = retiring.ContinueWith(ended => _retiring.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task RetireAsync(Entry entry)
    {
        var began = _clock.GetTimestamp();
        await entry.RetireAsync();
        Observer?.Unloaded(_clock.GetElapsedTime(began));
    }

    /// <summary>A model that is loaded, or being loaded by whoever asked first.</summary>
    private sealed class Entry(Func<Task<LoadedModel>> load)
    {
        private readonly TaskCompletionSource<LoadedModel> _loading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ServedModel? _model;
        private int _begun;
        private long _lastUsed;

        public Task<LoadedModel> Loading => _loading.Task;

        public long LastUsed => Volatile.Read(ref _lastUsed);

        public void Touch(long time) => Volatile.Write(ref _lastUsed, time);

        /// <summary>Begins to load, the first time it is called.</summary>
        /// <returns>Whether this was the first time.</returns>
        public bool BeginLoading()
        {
            if (Interlocked.Exchange(ref _begun, 1) != 0)
            {
                return false;
            }

            _ = Task.Run(async () =>
            {
                try
                {
                    var loaded = await load();
                    _model = new ServedModel(loaded.Server);
                    _loading.SetResult(loaded);
                }
#pragma warning disable CA1031 // Whoever waits gets it.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    _loading.SetException(error);
                }
            });
            return true;
        }

        public ServedModel? TryEnter() => Loading.IsCompletedSuccessfully && _model!.TryEnter() ? _model : null;

        public async Task RetireAsync()
        {
            await ((Task)Loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Loading.IsCompletedSuccessfully)
            {
                await _model!.RetireAsync();
                Loading.Result.Forget();
            }
        }
    }
}
