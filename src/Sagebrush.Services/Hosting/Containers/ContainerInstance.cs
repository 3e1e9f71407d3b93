using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Serving;
using Sagebrush.Serving.Containers;
using Sagebrush.Serving.Streaming;

namespace Sagebrush.Services.Hosting.Containers;

/// <summary>
/// One container that serves a model. It is watched, and started again when it ends. It outlives this program when that is killed, and is taken up again; disposal ends it.
/// </summary>
internal sealed class ContainerInstance : IAsyncDisposable
{
    private const int MaxBackOff = 64;

    // SageMaker gives a ping two seconds.
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan HealthyLife = TimeSpan.FromMinutes(1);

    // How much longer than the grace an engine may take to end a container.
    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(3);

    private readonly ContainerModelOptions _options;
    private readonly JobFolder _folder;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _leaving;
    private readonly ContainerClient _client;
    private Func<CancellationToken, ValueTask<Stream>> _connect = static _ => throw new IOException("the container has not started");
    private IJobRun? _run;
    private Task _reading = Task.CompletedTask;
    private Task _supervising = Task.CompletedTask;
    private string _lastLine = string.Empty;
    private int _inFlight;
    private volatile bool _isUp;

    private ContainerInstance(ContainerModelOptions options, int number)
    {
        _options = options;
        _leaving = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.Time);
        _folder = new JobFolder(Path.Join(options.Folder, string.Create(CultureInfo.InvariantCulture, $"instance-{number}")));
        _client = new ContainerClient(cancellationToken => _connect(cancellationToken), options.LargestAnswer, options.Time);
    }

    /// <summary>Whether requests can be sent to it.</summary>
    public bool IsUp => _isUp;

    /// <summary>Requests it is answering.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Its processes now, those of this machine.</summary>
    public IReadOnlyCollection<int> Processes => _run?.FindProcesses() ?? [];

    /// <summary>What asks the container.</summary>
    public ContainerClient Client => _client;

    private string PortFile => Path.Join(_folder.Path, "port");

    private string PositionFile => Path.Join(_folder.Path, "log-position");

    /// <summary>Starts a container, or takes up the one that a killed program left, and returns when it answers <c>/ping</c>.</summary>
    /// <exception cref="ModelLoadException">It does not.</exception>
    public static async Task<ContainerInstance> StartAsync(ContainerModelOptions options, int number, CancellationToken cancellationToken)
    {
        var instance = new ContainerInstance(options, number);
        try
        {
            await instance.UpAsync(mayTakeUp: true, cancellationToken);
            instance._supervising = Task.Run(instance.SuperviseAsync, CancellationToken.None);
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a request to the container.</summary>
    /// <exception cref="ModelInvocationException">The container refused, failed, or took too long.</exception>
    public async ValueTask<InvocationResult> InvokeAsync(string? model, Serving.Invocation invocation, IBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            return await _client.InvokeAsync(model, invocation, output, TimeoutOf(invocation), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>Sends a request to the container and passes its answer on part by part.</summary>
    /// <exception cref="ModelInvocationException">The container refused, failed, or took too long.</exception>
    public async ValueTask InvokeStreamAsync(string? model, Serving.Invocation invocation, IResponseSink sink, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            await _client.InvokeStreamAsync(model, invocation, sink, new StreamTimeouts(TimeoutOf(invocation), StreamTimeouts.DefaultRest), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>Whether it answers now.</summary>
    public async Task<bool> PingAsync(CancellationToken cancellationToken) => _isUp && await _client.PingAsync(PingPatience, cancellationToken);

    /// <summary>Ends the container and removes what it left. One whose engine does not answer is left to be swept away when it does.</summary>
    public async ValueTask DisposeAsync()
    {
        _isUp = false;
        await _stopping.CancelAsync();
        _leaving.CancelAfter(_options.StopGrace + EnginePatience);
        await EndAsync(_options.StopGrace);
        await _supervising;
        await _reading;
        _client.Dispose();
        _leaving.Dispose();
        _folder.Delete();
    }

    private async Task EndAsync(TimeSpan grace)
    {
        if (_run is not { } run)
        {
            return;
        }

        try
        {
            await run.StopAsync(grace, _leaving.Token);
        }
        catch (OperationCanceledException)
        {
            // Its label tells that nobody needs it any more.
        }
    }

    private TimeSpan TimeoutOf(in Serving.Invocation invocation) => invocation.Timeout ?? _options.RequestTimeout;

    private async Task UpAsync(bool mayTakeUp, CancellationToken cancellationToken)
    {
        try
        {
            await StartContainerAsync(mayTakeUp, cancellationToken);
        }
        catch (Exception exception) when (exception is ContainerEngineException or ContainerEngineUnavailableException or ArgumentException)
        {
            throw new ModelLoadException(exception.Message, exception);
        }

        var start = _options.Time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        while (!await _client.PingAsync(PingPatience, cancellationToken))
        {
            if (_run!.Completion.IsCompleted)
            {
                await _reading;
                throw new ModelLoadException(await EndingAsync());
            }

            if (_options.Time.GetElapsedTime(start) > _options.StartupTimeout)
            {
                throw new ModelLoadException(string.Create(CultureInfo.InvariantCulture, $"the container did not answer /ping with 200 within {_options.StartupTimeout.TotalSeconds:0} seconds"));
            }

            await Task.WhenAny(_run.Completion, Task.Delay(pause, _options.Time, cancellationToken));
            pause = pause < TimeSpan.FromMilliseconds(200) ? pause * 1.5 : pause;
        }

        _isUp = true;
    }

    private async Task StartContainerAsync(bool mayTakeUp, CancellationToken cancellationToken)
    {
        var container = mayTakeUp ? await _options.Executor.FindContainerAsync(_folder, cancellationToken) : null;
        if (container is null or { HasEnded: true } or { IsNew: true })
        {
            _folder.Delete();
            Directory.CreateDirectory(_folder.Contract.Root);
            await File.WriteAllTextAsync(PortFile, (_options.IsInHostNetwork ? FreePort() : ContainerModelOptions.StandardPort).ToString(CultureInfo.InvariantCulture), cancellationToken);
        }

        var port = int.Parse(await File.ReadAllTextAsync(PortFile, cancellationToken), CultureInfo.InvariantCulture);
        _run = await _options.Executor.StartAsync(Command(port), cancellationToken);
        _reading = Task.Run(() => ReadAsync(_run), CancellationToken.None);
        if (await _options.Executor.FindContainerAsync(_folder, cancellationToken) is { } started)
        {
            _connect = _options.IsNetworkIsolated ? into => ContainerConnection.IntoAsync(started.ProcessId, port, into)
                : _options.IsInHostNetwork ? into => ContainerConnection.ToLoopbackAsync(port, into)
                : into => ContainerConnection.ToLoopbackAsync(started.Ports.TryGetValue(port, out var published) ? published : throw new IOException("the container has ended"), into);
        }
    }

    private JobCommand Command(int port)
    {
        var environment = new Dictionary<string, string>(_options.Environment, StringComparer.Ordinal);
        environment.TryAdd("SAGEMAKER_BIND_TO_PORT", port.ToString(CultureInfo.InvariantCulture));
        return new JobCommand
        {
            Folder = _folder,
            Container = new JobContainer(_options.Image) { Port = port, IsNetworkIsolated = _options.IsNetworkIsolated, Purpose = _options.Purpose },
            Arguments = ["serve"],
            Environment = environment,
            WorkingDirectory = "/",
            Limits = _options.Limits,
            HostName = "model.aws.local",
            Addresses = [new HostAddress("model.aws.local", "127.0.0.1")],
            Mounts = _options.Mounts,
        };
    }

    // Keeps the container up until the server stops: at once after its first end, after growing pauses when it keeps ending.
    private async Task SuperviseAsync()
    {
        var failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var since = _options.Time.GetTimestamp();
                await _run!.Completion.WaitAsync(_leaving.Token);
                _isUp = false;
                await _reading;
                if (_stopping.IsCancellationRequested)
                {
                    return;
                }

                failures = _options.Time.GetElapsedTime(since) > HealthyLife ? 0 : failures + 1;
                _options.Log($"{await EndingAsync()}; it will be started again");
                if (failures > 1)
                {
                    await Task.Delay(FirstPause * Math.Min(1 << Math.Min(failures - 2, 10), MaxBackOff), _options.Time, _stopping.Token);
                }

                await UpAsync(mayTakeUp: false, _stopping.Token);
            }
            catch (ModelLoadException exception)
            {
                _options.Log(exception.Message);
                await EndAsync(TimeSpan.Zero);
            }
            catch (OperationCanceledException)
            {
                // The server stops, or the program.
                return;
            }
        }
    }

    private async Task ReadAsync(IJobRun run)
    {
        try
        {
            var position = File.Exists(PositionFile) ? long.Parse(await File.ReadAllTextAsync(PositionFile), CultureInfo.InvariantCulture) : 0;
            await foreach (var batch in run.ReadLogAsync(position, _leaving.Token))
            {
                foreach (var line in batch.Lines)
                {
                    _options.Log(line.Text);
                }

                _lastLine = batch.Lines.LastOrDefault(line => !string.IsNullOrWhiteSpace(line.Text)).Text ?? _lastLine;
                await File.WriteAllTextAsync(PositionFile, batch.NextPosition.ToString(CultureInfo.InvariantCulture));
                run.ForgetLog(batch.NextPosition);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            _options.Log($"The container's output cannot be read any more: {exception.Message}");
        }
    }

    private async Task<string> EndingAsync()
    {
        var exit = await _run!.Completion;
        if (_folder.ReadFailure(500) is { } failure)
        {
            return failure;
        }

        var how = exit switch
        {
            { OutOfMemory: true } => "the container ran out of memory",
            { ExitCode: { } code } => string.Create(CultureInfo.InvariantCulture, $"the container ended with exit code {code}"),
            _ => "the container was removed",
        };
        return _lastLine.Length == 0 ? how : $"{how}; it last wrote: {(_lastLine.Length > 500 ? _lastLine[..500] : _lastLine)}";
    }

    // Taken and given back: somebody else may get it in between, and then the container does not come up and is tried again.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
