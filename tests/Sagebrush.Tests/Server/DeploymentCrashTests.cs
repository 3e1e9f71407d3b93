using System.Globalization;
using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.Server;

/// <summary>The whole program, killed in the midst of deployments and under load, as boto3 sees it.</summary>
public sealed class DeploymentCrashTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _gates = new();

    public void Dispose()
    {
        _data.Dispose();
        _gates.Dispose();
    }

    [Fact]
    public async Task Kill9_InEachPhaseOfDeployments_EachGoesOnOrTurnsBack()
    {
        // While the new fleets are made ready, twice while they take over, and to the end.
        foreach (var step in (string[])["begin", "make-ready", "bake"])
        {
            await using var killed = await StepAsync(step);
            killed.Signal(ProgramUnderTest.Kill);
        }

        await using var last = await StepAsync("end");
    }

    [Fact]
    public async Task Kill9_With200RequestsInFlight_EndsThemAndAnswersAsManyAfterTheNextStart()
    {
        await using (var killed = await StepAsync("in-flight"))
        {
            Assert.Equal(128 + ProgramUnderTest.Kill, (await killed.EndAsync(TestContext.Current.CancellationToken)).ExitCode);
        }

        await using var last = await StepAsync("in-flight-again");
    }

    /// <summary>Starts the program, and has the client do its next part.</summary>
    private async Task<ProgramUnderTest> StepAsync(string step)
    {
        var (server, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        try
        {
            var script = Path.Combine(AppContext.BaseDirectory, "Server", "deployment_crash.py");
            await ClientScript.RunAsync(_data.Path, url, script, step, _gates.Path, server.Id.ToString(CultureInfo.InvariantCulture));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
