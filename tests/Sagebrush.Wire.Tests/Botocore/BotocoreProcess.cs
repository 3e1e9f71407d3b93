using System.Diagnostics;
using System.Text.Json;

using Sagebrush.Testing;

namespace Sagebrush.Wire.Tests.Botocore;

/// <summary>Runs <c>botocore_judge.py</c> over a batch of cases.</summary>
internal static class BotocoreProcess
{
    private const string LeastVersion = "1.43";

    /// <summary>Why botocore cannot judge on this machine, or null where it can.</summary>
    public static async Task<string?> WhyNotAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (exitCode, output, _) = await RunAsync(["-c", "import botocore; print(botocore.__version__)"], cancellationToken);
            if (exitCode != 0)
            {
                return "python3 has no botocore.";
            }

            return Version.TryParse(output.Trim(), out var version) && version >= Version.Parse(LeastVersion)
                ? null
                : $"botocore is {output.Trim()}; the models are of {LeastVersion}.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "There is no python3.";
        }
    }

    /// <summary>The verdict on each case, in their order.</summary>
    public static async Task<List<JsonElement>> JudgeAsync(string mode, IEnumerable<string> cases, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var (input, output) = (Path.Combine(folder.Path, "cases"), Path.Combine(folder.Path, "verdicts"));
        await File.WriteAllLinesAsync(input, cases, cancellationToken);
        var script = Path.Combine(AppContext.BaseDirectory, "Botocore", "botocore_judge.py");
        var (exitCode, _, errors) = await RunAsync([script, mode, input, output], cancellationToken);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"botocore_judge.py failed: {errors}");
        }

        var verdicts = new List<JsonElement>();
        await foreach (var line in File.ReadLinesAsync(output, cancellationToken))
        {
            verdicts.Add(JsonElement.Parse(line));
        }

        return verdicts;
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
