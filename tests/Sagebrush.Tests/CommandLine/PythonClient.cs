using System.Diagnostics;

namespace Sagebrush.Tests.CommandLine;

/// <summary>A Python that has boto3: the client most users come with.</summary>
internal sealed class PythonClient
{
    private readonly string _path;

    private PythonClient(string path) => _path = path;

    public static async Task<PythonClient?> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var path in new[] { "python3", "/usr/bin/python3" })
        {
            if (await StartAsync(path, ["-c", "import boto3"], [], cancellationToken) is { ExitCode: 0 })
            {
                return new(path);
            }
        }

        return null;
    }

    /// <summary>Runs to the end and gives what was printed; a failure fails the test with what was said.</summary>
    public async Task<string> RunAsync(string[] arguments, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await StartAsync(_path, arguments, environment, cancellationToken);
        Xunit.Assert.True(exitCode == 0, output);
        return output;
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(
        string path, string[] arguments, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output + await error);
    }
}
