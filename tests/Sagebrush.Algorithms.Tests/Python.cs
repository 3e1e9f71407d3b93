using System.Diagnostics;
using Xunit;

namespace Sagebrush.Algorithms.Tests;

/// <summary>Debian's Python with its xgboost, the judge of what is trained here.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly Lazy<bool> HasXGBoost = new(() => File.Exists(Interpreter) && Start("import xgboost, numpy", []).ExitCode == 0);

    /// <summary>Runs a script and gives its output; skips the test when there is no Python with xgboost.</summary>
    public static string Run(string script, params string[] arguments)
    {
        Assert.SkipUnless(HasXGBoost.Value, "Python with xgboost (python3-xgboost) is not installed.");
        var (exitCode, output, error) = Start(script, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }

    private static (int ExitCode, string Output, string Error) Start(string script, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, ["-W", "ignore", "-c", script, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = Task.Run(process.StandardError.ReadToEnd);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
