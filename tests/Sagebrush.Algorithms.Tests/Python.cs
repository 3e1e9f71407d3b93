using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Algorithms.Tests;

/// <summary>Debian's Python with its xgboost, the judge of what is trained here.</summary>
internal static class Python
{
    private static readonly Lazy<bool> HasXGBoost = new(() => PythonProgram.Has("xgboost", "numpy"));

    /// <summary>Runs a script and gives its output; skips the test when there is no Python with xgboost.</summary>
    public static string Run(string script, params string[] arguments)
    {
        Assert.SkipUnless(HasXGBoost.Value, "Python with xgboost (python3-xgboost) is not installed.");
        var (exitCode, output, error) = PythonProgram.Run(script, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
