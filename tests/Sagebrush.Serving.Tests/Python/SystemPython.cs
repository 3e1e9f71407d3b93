using System.Diagnostics;

namespace Sagebrush.Serving.Tests.Python;

/// <summary>Runs a script in the system's Python: the judge of what models should answer.</summary>
internal static class SystemPython
{
    public static string Literal(string text) => "r\"" + text + "\"";

    public static string Braces(string text) => "{" + text + "}";

    public static async Task<string> RunAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
