using System.Buffers;
using System.Globalization;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Serving.Serverless;

/// <summary>
/// Serves a model in environments that start when requests come and end when none do: each answers one request at a time, so
/// there are as many as there are requests at once. A request beyond the most of them is turned away.
/// </summary>
public sealed class ServerlessModelServer : IModelServer
{
    private readonly Func<CancellationToken, Task<IModelServer>> _start;
    private readonly Lock _gate = new();
    private readonly List<ModelEnvironment> _environments = [];
    private readonly HashSet<Task> _background = [];
    private readonly ITimer _sweep;
    private ServerlessOptions _options;
    private bool _disposed;
    private int _active;
    private bool _shares;

    private ServerlessModelServer(Func<CancellationToken, Task<IModelServer>> start, ServerlessOptions options)
    {
        (_start, _options) = (start, options);
        var period = TimeSpan.FromTicks(Math.Max(options.IdleTime.Ticks / 4, TimeSpan.TicksPerMillisecond));
        _sweep = options.TimeProvider.CreateTimer(_ => Sweep(), null, period, period);
    }

    /// <summary>Loads a model: returns when one environment, and all that are provisioned, are ready.</summary>
    /// <param name="start">Starts an environment.</param>
    /// <param name="options">How many, and for how long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ModelLoadException">The model cannot be loaded.</exception>
    public static async Task<ServerlessModelServer> LoadAsync(
        Func<CancellationToken, Task<IModelServer>> start, ServerlessOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(options);
        var server = new ServerlessModelServer(start, options);
        try
        {
            for (var i = 0; i < Math.Max(1, options.ProvisionedConcurrency) && (i == 0 || !server._shares); i++)
            {
                server.Add(await server.StartAsync(cancellationToken), users: 0);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Environments there are now.</summary>
    public int Environments
    {
        get
        {
            lock (_gate)
            {
                return _environments.Count;
            }
        }
    }

    /// <summary>Sets how many requests may be answered at once, and how many environments are kept.</summary>
    public void SetConcurrency(int most, int provisioned)
    {
        lock (_gate)
        {
            _options = _options with { MaxConcurrency = most, ProvisionedConcurrency = provisioned };
            for (var i = _environments.Count; i < provisioned && !_shares && !_disposed; i++)
            {
                Run(ProvisionAsync);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> PingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(!_disposed);

    /// <inheritdoc/>
    public async ValueTask<InvocationResult> InvokeAsync(Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        Check(invocation.Body.Length, "request");
        var environment = await EnterAsync(cancellationToken);
        try
        {
            if (environment.Server.IsImmediate)
            {
                return await environment.Server.InvokeAsync(invocation, output, cancellationToken);
            }

            var answer = new ArrayBufferWriter<byte>();
            var result = await environment.Server.InvokeAsync(invocation, answer, cancellationToken);
            Check(answer.WrittenCount, "answer");
            output.Write(answer.WrittenSpan);
            return result;
        }
        finally
        {
            Leave(environment);
        }
    }

    /// <inheritdoc/>
    public async ValueTask InvokeStreamAsync(Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        Check(invocation.Body.Length, "request");
        var environment = await EnterAsync(cancellationToken);
        try
        {
            await environment.Server.InvokeStreamAsync(invocation, sink, cancellationToken);
        }
        finally
        {
            Leave(environment);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ModelEnvironment[] environments;
        Task[] background;
        lock (_gate)
        {
            _disposed = true;
            environments = [.. _environments.Where(environment => environment.Users == 0)];
            background = [.. _background];
        }

        await _sweep.DisposeAsync();
        await Task.WhenAll(background).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var environment in environments)
        {
            await environment.Server.DisposeAsync();
        }
    }

    private void Check(long bytes, string what)
    {
        if (bytes > _options.LargestBody)
        {
            throw new ModelInvocationException(
                InvocationFailure.TooLarge,
                413,
                string.Create(CultureInfo.InvariantCulture, $"The {what} has {bytes} bytes; a serverless endpoint takes and gives {_options.LargestBody} at most."));
        }
    }

    private async ValueTask<ModelEnvironment> EnterAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_active == _options.MaxConcurrency)
            {
                throw new ModelInvocationException(
                    InvocationFailure.Throttled,
                    429,
                    string.Create(CultureInfo.InvariantCulture, $"it answers {_options.MaxConcurrency} requests at once, its MaxConcurrency, already"));
            }

            _active++;
            if (TakeIdle() is { } idle)
            {
                return idle;
            }
        }

        var starting = StartAsync(CancellationToken.None);
        try
        {
            return Add(await starting.WaitAsync(cancellationToken), users: 1);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever asked is gone; the next one finds the environment ready.
            lock (_gate)
            {
                _active--;
                Run(async () => Add(await starting, users: 0));
            }

            throw;
        }
        catch (Exception error)
        {
            lock (_gate)
            {
                _active--;
            }

            if (error is ModelLoadException)
            {
                throw new ModelInvocationException(InvocationFailure.Faulted, 500, $"The model could not be loaded: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>The environment that was asked last: those that were not for longest end first.</summary>
    private ModelEnvironment? TakeIdle()
    {
        var found = _shares ? _environments.FirstOrDefault() : _environments.FindLast(environment => environment.Users == 0);
        if (found is not null)
        {
            found.Users++;
        }

        return found;
    }

    private void Leave(ModelEnvironment environment)
    {
        lock (_gate)
        {
            _active--;
            environment.Users--;
            environment.IdleSince = _options.TimeProvider.GetTimestamp();
            if (!_shares && _environments.Remove(environment))
            {
                _environments.Add(environment);
            }
        }
    }

    private async Task<IModelServer> StartAsync(CancellationToken cancellationToken)
    {
        var begun = _options.TimeProvider.GetTimestamp();
        var server = await _start(cancellationToken);
        _options.Started(_options.TimeProvider.GetElapsedTime(begun));
        return server;
    }

    /// <summary>Takes an environment in. A second copy of a model that is one for all is ended again.</summary>
    private ModelEnvironment Add(IModelServer server, int users)
    {
        lock (_gate)
        {
            if (server.IsImmediate && _environments is [var shared, ..])
            {
                Run(async () => await server.DisposeAsync());
                shared.Users += users;
                return shared;
            }

            _shares = server.IsImmediate;
            var environment = new ModelEnvironment(server) { Users = users, IdleSince = _options.TimeProvider.GetTimestamp() };
            _environments.Add(environment);
            if (_disposed && users == 0)
            {
                Run(async () => await server.DisposeAsync());
            }

            return environment;
        }
    }

    private async Task ProvisionAsync()
    {
        try
        {
            Add(await StartAsync(CancellationToken.None), users: 0);
        }
        catch (ModelLoadException)
        {
            // It is told in the endpoint's log, and to the next request that finds too few environments.
        }
    }

    /// <summary>Ends the environments that nobody asked for long enough.</summary>
    private void Sweep()
    {
        lock (_gate)
        {
            for (var i = 0; i < _environments.Count && _environments.Count > _options.ProvisionedConcurrency && !_disposed;)
            {
                var environment = _environments[i];
                if (environment.Users > 0 || _options.TimeProvider.GetElapsedTime(environment.IdleSince) < _options.IdleTime)
                {
                    i++;
                    continue;
                }

                _environments.RemoveAt(i);
                Run(async () => await environment.Server.DisposeAsync());
            }
        }
    }

    /// <summary>Runs something that disposal waits for. The gate is held.</summary>
    private void Run(Func<Task> work)
    {
        var task = Task.Run(work);
        _background.Add(task);
        task.ContinueWith(
            ended =>
            {
                lock (_gate)
                {
                    _background.Remove(ended);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }
}
