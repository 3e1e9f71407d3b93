using System.Text.Json;
using Sagebrush.Testing;
using Xunit;

namespace Sagebrush.Tests.CommandLine;

/// <summary>A Python script that talks to a started server through boto3.</summary>
internal static class ClientScript
{
    /// <summary>Runs a script with its arguments; the test is skipped where there is no boto3.</summary>
    /// <returns>What it printed.</returns>
    public static Task<string> RunAsync(string data, Uri url, params string[] arguments) => RunAsync(data, url, new Dictionary<string, string>(), arguments);

    /// <summary>Runs a script with variables of its own.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string data, Uri url, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var python = await PythonClient.FindAsync(cancellationToken);
        Assert.SkipWhen(python is null, "There is no boto3 here.");
        var environment = await EnvironmentAsync(data, url, cancellationToken);
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return (await python.RunAsync(arguments, environment, cancellationToken)).Trim();
    }

    /// <summary>What a user's shell has after <c>eval "$(sagebrush env)"</c>, with the address at which the server listens.</summary>
    public static async Task<Dictionary<string, string>> EnvironmentAsync(string data, Uri url, CancellationToken cancellationToken)
    {
        var environment = JsonSerializer.Deserialize<Dictionary<string, string>>(
            (await ProgramUnderTest.RunAsync(data, cancellationToken, "env", "--format", "json")).Output)!;
        foreach (var (name, value) in AwsClients.Environment(url))
        {
            environment[name] = value;
        }

        return environment;
    }
}
