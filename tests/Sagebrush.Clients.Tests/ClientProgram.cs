using System.Diagnostics;
using Xunit;

namespace Sagebrush.Clients.Tests;

/// <summary>A real AWS client, run as a child process.</summary>
public sealed class ClientProgram(string program, string[] arguments, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Runs it to its end, which must be a good one.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> RunAsync()
    {
        using var process = Start();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output}{await errors}");
        return output;
    }

    /// <summary>Runs it until it has printed a line that contains the text, then ends it.</summary>
    /// <param name="text">What the last line to wait for contains.</param>
    /// <param name="meanwhile">Called with each line.</param>
    /// <returns>The lines up to that one.</returns>
    public async Task<List<string>> RunUntilAsync(string text, Func<string, Task> meanwhile)
    {
        using var process = Start();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                return lines;
            }

            await meanwhile(line);
        }

        throw new InvalidOperationException($"{program} ended without \"{text}\": {string.Join('\n', lines)} {await errors}");
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PYTHONUNBUFFERED"] = "1";
        return Process.Start(start)!;
    }
}
