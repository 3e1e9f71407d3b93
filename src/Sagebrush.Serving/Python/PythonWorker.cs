using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Sagebrush.Serving.Python;

/// <summary>One Python process with the model loaded, which answers one request at a time.</summary>
/// <remarks>
/// The process connects to a socket made for it alone. A thread of this process's own sends it the queue's requests and waits
/// for its answers. The worker's standard input stays open and empty as long as this process lives, so that the worker notices
/// when it is gone.
/// </remarks>
internal sealed partial class PythonWorker : IAsyncDisposable
{
    private const int StackBytes = 512 * 1024;

    private readonly Process _process;
    private readonly PythonModelOptions _options;
    private readonly CancellationTokenSource _pumping = new();
    private readonly Task _pumps;
    private readonly int _processId;
    private readonly Task<int> _exitCode;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WorkerConnection? _connection;
    private bool _disposed;
    private bool _died;
    private string _lastErrorLine = "";
    private int _broken;

    /// <summary>The process's number.</summary>
    public int ProcessId => _processId;

    private PythonWorker(Process process, PythonModelOptions options)
    {
        _process = process;
        _options = options;
        _processId = process.Id;
        _exitCode = ExitCodeAsync(process);
        _pumps = Task.WhenAll(
            LineReader.PumpAsync(process.StandardOutput.BaseStream, options.Log, _pumping.Token),
            LineReader.PumpAsync(process.StandardError.BaseStream, KeepAndLog, _pumping.Token));
    }

    /// <summary>Completes when the process has ended, for whatever reason.</summary>
    public Task Exited => _exitCode;

    /// <summary>Whether requests can be sent to it.</summary>
    public bool IsAlive => Volatile.Read(ref _broken) == 0 && !Exited.IsCompleted;

    /// <summary>Starts a process and waits until it has loaded the model. From then on it takes the queue's requests.</summary>
    /// <exception cref="ModelLoadException">It could not.</exception>
    public static async Task<PythonWorker> StartAsync(
        PythonModelOptions options, WorkerFiles files, long number, ExchangeQueue queue, CancellationToken cancellationToken)
    {
        var path = files.Socket(number);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);

        var worker = new PythonWorker(Launch(options, files, path), options);
        using var timeout = new CancellationTokenSource(options.StartupTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await worker.ConnectAsync(listener, either.Token);
            File.Delete(path);
            new Thread(() => worker.Run(queue), StackBytes) { IsBackground = true, Name = "python-worker" }.Start();
            await worker._ready.Task.WaitAsync(either.Token);
            return worker;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            await worker.DisposeAsync();
            throw new ModelLoadException(string.Create(
                CultureInfo.InvariantCulture, $"the model did not load within {options.StartupTimeout.TotalSeconds:0} seconds"));
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    public static ModelInvocationException Timeout() => new(
        InvocationFailure.TimedOut, 0, "Your invocation timed out while waiting for a response from container primary");

    public static ModelInvocationException Stopping() => new(InvocationFailure.Unavailable, 503, "The model is being stopped");

    /// <summary>The model's answer that is none.</summary>
    public static ModelInvocationException Refusal(int status, string message) =>
        new(status < 500 ? InvocationFailure.Refused : InvocationFailure.Faulted, status, message);

    /// <summary>Ends the process and all it started, at once.</summary>
    public void Kill()
    {
        Volatile.Write(ref _broken, 1);
        ProcessGroup.Kill(_process, _processId);

        // A child that escaped may hold the other end open.
        _connection?.Shutdown();
    }

    /// <summary>Lets the process leave by itself for a while, then ends it and all it started.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _died, Exited.IsCompleted);
        Volatile.Write(ref _disposed, true);
        Volatile.Write(ref _broken, 1);
        _connection?.Shutdown();
        try
        {
            await Exited.WaitAsync(_ready.Task.IsCompletedSuccessfully ? _options.StopTimeout : TimeSpan.Zero, _options.TimeProvider);
        }
        catch (TimeoutException)
        {
            // It had its chance.
        }

        ProcessGroup.Kill(_process, _processId);
        await Exited;

        // What it printed last is still in the pipes; a process that escaped the kill may hold them open.
        await Task.WhenAny(_pumps, Task.Delay(_options.StopTimeout, _options.TimeProvider, CancellationToken.None));
        await _pumping.CancelAsync();
        await _pumps;
        _pumping.Dispose();
        _process.Dispose();
    }

    /// <summary>The worker's thread: waits until the model is loaded, then answers what the queue holds until the worker is gone.</summary>
    private void Run(ExchangeQueue queue)
    {
        using var connection = _connection!;
        if (Load())
        {
            _exitCode.ContinueWith(_ => queue.Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            Serve(queue);
        }
    }

    private bool Load()
    {
        try
        {
            _connection!.Send(RequestKind.Ping, default, []);
            var frame = _connection.Receive();
            var body = Body(frame);
            if (frame.Status == 200)
            {
                return _ready.TrySetResult();
            }

            using var reason = JsonDocument.Parse(body);
            _ready.TrySetException(new ModelLoadException(reason.RootElement.GetProperty("message").GetString()!));
        }
        catch (Exception error) when (IsLost(error))
        {
            Kill();
            _ready.TrySetException(DiedWhileLoadingAsync().GetAwaiter().GetResult());
        }
        catch (Exception error)
        {
            Kill();
            _ready.TrySetException(new ModelLoadException($"what the process said of the model is not understood: {error.Message}", error));
        }

        return false;
    }

    private byte[] Body(AnswerFrame frame)
    {
        CheckLength(frame.BodyLength);
        var body = new byte[frame.BodyLength];
        _connection!.ReadBody(body);
        return body;
    }

    private void CheckLength(long length)
    {
        if (length > _options.MaximumResponseBytes)
        {
            Kill();
            throw new ModelInvocationException(
                InvocationFailure.Faulted, 500, $"the response is larger than {_options.MaximumResponseBytes} bytes");
        }
    }

    private static bool IsLost(Exception error) => error is SocketException or EndOfStreamException or ObjectDisposedException;

    /// <summary>Ends the worker, unless it is being ended anyway and may leave by itself.</summary>
    private void Abandon()
    {
        if (!IsStopping)
        {
            Kill();
        }
    }

    private bool IsStopping => Volatile.Read(ref _disposed) && !Volatile.Read(ref _died);

    /// <summary>What an exchange that broke off comes to. The worker is of no more use.</summary>
    private Exception Failure(Exception error, Exchange exchange)
    {
        if (!IsLost(error))
        {
            return error;
        }

        if (exchange.Patience.IsCancellationRequested)
        {
            return Timeout();
        }

        if (IsStopping)
        {
            return Stopping();
        }

        // The connection broke, or the worker was found dead and cleared away before it did.
        Kill();
        return new ModelInvocationException(
            InvocationFailure.Faulted, 500, $"The model's worker process {EndingAsync().GetAwaiter().GetResult()}", error);
    }

    /// <summary>How the process ended, to be read after "the process".</summary>
    private async Task<string> EndingAsync()
    {
        var code = await _exitCode;
        var how = code > 128 ? $"was ended by signal {code - 128}" : $"ended with exit code {code}";
        var line = Volatile.Read(ref _lastErrorLine);
        return line.Length == 0 ? how : $"{how}; it last wrote: {line}";
    }

    private static Process Launch(PythonModelOptions options, WorkerFiles files, string socketPath)
    {
        var code = options.CodeDirectory ?? Path.Join(options.ModelDirectory, "code");
        var start = new ProcessStartInfo(options.PythonPath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.ModelDirectory,
        };
        foreach (var argument in (string[])
            [
                "-m", "sagebrush_worker",
                "--socket", socketPath,
                "--model-dir", options.ModelDirectory,
                "--code-dir", code,
                "--site-dir", files.SitePackages,
                "--program", options.Program,
                "--framework", Name(options.Framework),
                "--default-accept", options.Environment.GetValueOrDefault("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "application/json"),
                "--memory-limit", options.WorkerMemoryLimit.ToString(CultureInfo.InvariantCulture),
            ])
        {
            start.ArgumentList.Add(argument);
        }

        // Handlers see what they were given, not this process's secrets.
        start.Environment.Clear();
        foreach (var name in (string[])["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH"])
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        // One thread for each worker, as SageMaker's XGBoost image sets it: requests are spread over workers instead.
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["HOME"] = files.Root;
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PYTHONUNBUFFERED"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONIOENCODING"] = "utf-8:backslashreplace";
        start.Environment["PYTHONPATH"] = options.Environment.TryGetValue("PYTHONPATH", out var users)
            ? $"{files.Root}{Path.PathSeparator}{users}"
            : files.Root;
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            throw new ModelLoadException($"'{options.PythonPath}' cannot be started: {error.Message}", error);
        }
    }

    private static string Name(PythonFramework framework) => framework switch
    {
        PythonFramework.XGBoost => "xgboost",
        PythonFramework.PyTorch => "pytorch",
        PythonFramework.HuggingFace => "huggingface",
        _ => "sklearn",
    };

    private async Task ConnectAsync(Socket listener, CancellationToken cancellationToken)
    {
        var accepting = listener.AcceptAsync(cancellationToken).AsTask();
        if (await Task.WhenAny(accepting, Exited) != accepting)
        {
            throw await DiedWhileLoadingAsync();
        }

        _connection = new WorkerConnection(await accepting);
    }

    private async Task<ModelLoadException> DiedWhileLoadingAsync()
    {
        await Exited;
        await Task.WhenAny(_pumps, Task.Delay(_options.StopTimeout, _options.TimeProvider, CancellationToken.None));
        return new ModelLoadException($"while it loaded the model, the process {await EndingAsync()}");
    }

    private static async Task<int> ExitCodeAsync(Process process)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private void KeepAndLog(string line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            Volatile.Write(ref _lastErrorLine, line.Length > 500 ? line[..500] : line);
        }

        _options.Log(line);
    }
}
