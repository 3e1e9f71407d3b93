using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sagebrush.Serving.Python;

/// <summary>One Python process with the model loaded, which answers one request at a time.</summary>
/// <remarks>
/// The process connects to a socket made for it alone; on that connection it is an HTTP/1.1 server. Its standard input
/// stays open and empty as long as this process lives, so that the worker notices when it is gone.
/// </remarks>
internal sealed partial class PythonWorker : IAsyncDisposable
{
    private static readonly Uri PingUri = new("http://worker/ping");
    private static readonly Uri InvocationsUri = new("http://worker/invocations");

    private readonly Process _process;
    private readonly PythonModelOptions _options;
    private readonly CancellationTokenSource _pumping = new();
    private readonly Task _pumps;
    private readonly int _processId;
    private readonly Task<int> _exitCode;
    private HttpClient? _client;
    private bool _loaded;
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

    /// <summary>Starts a process and waits until it has loaded the model.</summary>
    /// <exception cref="ModelLoadException">It could not.</exception>
    public static async Task<PythonWorker> StartAsync(
        PythonModelOptions options, WorkerFiles files, long number, CancellationToken cancellationToken)
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
            worker._loaded = true;
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

    /// <summary>Whether the worker answers <c>/ping</c>.</summary>
    public async Task<bool> PingAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _client!.GetAsync(PingUri, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            Kill();
            return false;
        }
    }

    /// <summary>Sends one request. A worker that fails to answer, or to answer in time, is killed.</summary>
    /// <exception cref="ModelInvocationException">It died, or took too long.</exception>
    public async Task<WorkerResponse> InvokeAsync(
        byte[] body, Invocation invocation, CancellationToken timeout)
    {
        using var request = Request(body, invocation);
        try
        {
            using var response = await _client!.SendAsync(request, timeout);
            var content = await response.Content.ReadAsByteArrayAsync(timeout);
            ThrowIfBroken(response);
            return new WorkerResponse((int)response.StatusCode, ContentType(response), content);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            throw await FailureAsync(error, timeout);
        }
    }

    public static ModelInvocationException Timeout() => new(
        InvocationFailure.TimedOut, 0, "Your invocation timed out while waiting for a response from container primary");

    /// <summary>Ends the process and all it started, at once.</summary>
    public void Kill()
    {
        Volatile.Write(ref _broken, 1);
        ProcessGroup.Kill(_process, _processId);
    }

    /// <summary>Lets the process leave by itself for a while, then ends it and all it started.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _broken, 1);
        Volatile.Write(ref _died, Exited.IsCompleted);
        _client?.Dispose();
        try
        {
            await Exited.WaitAsync(!_loaded ? TimeSpan.Zero : _options.StopTimeout, _options.TimeProvider);
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

    private static HttpRequestMessage Request(byte[] body, Invocation invocation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, InvocationsUri) { Content = new ByteArrayContent(body) };
        Add(request.Content.Headers, "Content-Type", invocation.ContentType);
        Add(request.Headers, "Accept", invocation.Accept);
        Add(request.Headers, "X-Amzn-SageMaker-Custom-Attributes", invocation.CustomAttributes);
        Add(request.Headers, "X-Amzn-SageMaker-Inference-Id", invocation.InferenceId);
        return request;
    }

    private static string ContentType(HttpResponseMessage response) =>
        response.Content.Headers.TryGetValues("Content-Type", out var types) ? types.First() : "application/octet-stream";

    /// <summary>What an exchange that broke off comes to. The worker is ended, unless it was being ended anyway.</summary>
    private async Task<ModelInvocationException> FailureAsync(Exception error, CancellationToken timeout)
    {
        if (error is OperationCanceledException && timeout.IsCancellationRequested)
        {
            Kill();
            return Timeout();
        }

        if (!Volatile.Read(ref _died) && error is (OperationCanceledException or ObjectDisposedException))
        {
            return new ModelInvocationException(InvocationFailure.Unavailable, 503, "The model is being stopped", error);
        }

        Kill();
        if (error is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded })
        {
            return new ModelInvocationException(
                InvocationFailure.Faulted, 500, $"the response is larger than {_options.MaximumResponseBytes} bytes", error);
        }

        // The connection broke, or the worker was found dead and cleared away before it did.
        return new ModelInvocationException(InvocationFailure.Faulted, 500, $"The model's worker process {await EndingAsync()}", error);
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
                "--framework", options.Framework == PythonFramework.XGBoost ? "xgboost" : "sklearn",
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

    private async Task ConnectAsync(Socket listener, CancellationToken cancellationToken)
    {
        var accepting = listener.AcceptAsync(cancellationToken).AsTask();
        if (await Task.WhenAny(accepting, Exited) != accepting)
        {
            throw await DiedWhileLoadingAsync();
        }

        var stream = new NetworkStream(await accepting, ownsSocket: true);
        var handler = new SocketsHttpHandler
        {
            // The one connection there is: once it is lost, so is the worker.
            ConnectCallback = (_, _) => Interlocked.Exchange(ref stream, null) is { } only
                ? ValueTask.FromResult<Stream>(only)
                : ValueTask.FromException<Stream>(new IOException("the worker's connection is lost")),
            MaxConnectionsPerServer = 1,
            PooledConnectionIdleTimeout = System.Threading.Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = System.Threading.Timeout.InfiniteTimeSpan,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        _client = new HttpClient(handler)
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = _options.MaximumResponseBytes,
        };

        try
        {
            using var response = await _client.GetAsync(PingUri, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                using var reason = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
                throw new ModelLoadException(reason.RootElement.GetProperty("message").GetString()!);
            }
        }
        catch (HttpRequestException)
        {
            Kill();
            throw await DiedWhileLoadingAsync();
        }
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

    private static void Add(System.Net.Http.Headers.HttpHeaders headers, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
