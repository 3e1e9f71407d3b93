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
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var server = started;
        var script = Path.Combine(AppContext.BaseDirectory, "Tuning", "tuning_client.py");

        Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, script, "requests"));
        Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, script, "jobs"));

        var picture = await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "tuning", "bayes");
        Assert.Equal(0, picture.ExitCode);
        Assert.Contains("4/4", picture.Output, StringComparison.Ordinal);
        Assert.Contains("bayes-004-", picture.Output, StringComparison.Ordinal);
        Assert.Contains("validation:rmse", picture.Output, StringComparison.Ordinal);
        Assert.Contains("grid", (await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "tuning")).Output, StringComparison.Ordinal);
    }
}
