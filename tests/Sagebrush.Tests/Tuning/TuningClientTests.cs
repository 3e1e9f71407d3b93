using System.Text.Json;
using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Tuning;

public sealed class TuningClientTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Boto3_TuningXGBoost_WorksAsOnSageMaker()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var python = await PythonClient.FindAsync(cancellationToken);
        Assert.SkipWhen(python is null, "There is no boto3 here.");
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var server = started;
        var environment = JsonSerializer.Deserialize<Dictionary<string, string>>(
            (await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "env", "--format", "json")).Output)!;
        environment["AWS_ENDPOINT_URL"] = url.ToString();
        var script = Path.Combine(AppContext.BaseDirectory, "Tuning", "tuning_client.py");

        Assert.Equal("passed", (await python.RunAsync([script, "requests"], environment, cancellationToken)).Trim());
        Assert.Equal("passed", (await python.RunAsync([script, "jobs"], environment, cancellationToken)).Trim());

        var picture = await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "tuning", "bayes");
        Assert.Equal(0, picture.ExitCode);
        Assert.Contains("4/4", picture.Output, StringComparison.Ordinal);
        Assert.Contains("bayes-004-", picture.Output, StringComparison.Ordinal);
        Assert.Contains("validation:rmse", picture.Output, StringComparison.Ordinal);
        Assert.Contains("grid", (await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "tuning")).Output, StringComparison.Ordinal);
    }
}
