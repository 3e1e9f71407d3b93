using System.Diagnostics;

namespace Sagebrush.Testing;

/// <summary>Debian's Python, the judge of what is written and computed here.</summary>
public static class PythonProgram
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Whether it is there and has some modules.</summary>
    /// <param name="modules">Their names.</param>
    public static bool Has(params string[] modules) =>
        File.Exists(Interpreter) && Run($"import {string.Join(", ", modules)}").ExitCode == 0;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Its text.</param>
    /// <param name="arguments">What it finds in <c>sys.argv[1:]</c>.</param>
    public static (int ExitCode, string Output, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, ["-W", "ignore", "-c", program, .. arguments])
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
