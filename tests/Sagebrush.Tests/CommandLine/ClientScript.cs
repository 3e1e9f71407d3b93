using System.Text.Json;
using Xunit;

namespace Sagebrush.Tests.CommandLine;

/// <summary>A Python script that talks to a started server through boto3.</summary>
internal static class ClientScript
{
    /// <summary>Runs a script with its arguments; the test is skipped where there is no boto3.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string data, Uri url, params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var python = await PythonClient.FindAsync(cancellationToken);
        Assert.SkipWhen(python is null, "There is no boto3 here.");
        var environment = JsonSerializer.Deserialize<Dictionary<string, string>>(
            (await ProgramUnderTest.RunAsync(data, cancellationToken, "env", "--format", "json")).Output)!;
        environment["AWS_ENDPOINT_URL"] = url.ToString();
        return (await python.RunAsync(arguments, environment, cancellationToken)).Trim();
    }
}
