using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sagebrush.Tests.CommandLine;

/// <summary>The built program, started as a user's shell would start it, in an environment that holds nothing of the developer's.</summary>
internal sealed partial class ProgramUnderTest : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Task _errorReader;

    private ProgramUnderTest(Process process)
    {
        _process = process;
        _errorReader = ReadErrorAsync();
    }

    public int Id => _process.Id;

    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<ProgramResult> RunAsync(string data, CancellationToken cancellationToken, params string[] arguments)
    {
        await using var program = Start(data, arguments);
        return await program.EndAsync(cancellationToken);
    }

    /// <summary>Starts a command and leaves it running.</summary>
    public static ProgramUnderTest Start(string data, params string[] arguments) => Start(data, new Dictionary<string, string>(), arguments);

    /// <summary>Starts a command, with more in its environment, and leaves it running.</summary>
    public static ProgramUnderTest Start(string data, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "sagebrush"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal) || name.StartsWith("SAGEBRUSH_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["SAGEBRUSH_DATA"] = data;
        return new(Process.Start(start)!);
    }

    /// <summary>Starts a server on a free port and waits for its ready line.</summary>
    public static Task<(ProgramUnderTest Server, Uri Url)> StartServerAsync(string data, CancellationToken cancellationToken) =>
        StartServerAsync(data, new Dictionary<string, string>(), cancellationToken);

    /// <summary>Starts a server with variables of its own.</summary>
    public static async Task<(ProgramUnderTest Server, Uri Url)> StartServerAsync(
        string data, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var server = Start(data, environment, "up", "--port", "0");
        try
        {
            var line = await server.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException($"The server did not start: {server.Error}");
            return (server, new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal))));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) => _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask();

    public void Signal(int signal) => _ = SendSignal(_process.Id, signal);

    public async Task<ProgramResult> EndAsync(CancellationToken cancellationToken)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        await _errorReader;
        return new(_process.ExitCode, output, Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_error)
            {
                _error.AppendLine(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
