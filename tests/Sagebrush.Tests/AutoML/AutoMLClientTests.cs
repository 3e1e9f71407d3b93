using System.Diagnostics;
using System.Text.Json;
using Sagebrush.Testing;
using Sagebrush.Tests.CommandLine;
using Xunit;

namespace Sagebrush.Tests.AutoML;

public sealed class AutoMLClientTests : IDisposable
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "AutoML", "automl_client.py");

    private readonly TemporaryFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Boto3_AutopilotJobs_WorkAsOnSageMaker()
    {
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, TestContext.Current.CancellationToken);
        await using var server = started;

        foreach (var step in new[] { "requests", "jobs", "v2", "stop" })
        {
            Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, Script, step));
        }

        // The same jobs on the command line.
        var cancellationToken = TestContext.Current.CancellationToken;
        var listed = await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "automl");
        Assert.Contains("at least 500 rows", listed.Output, StringComparison.Ordinal);
        using var shown = JsonDocument.Parse((await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "automl", "first", "--format", "json")).Output);
        Assert.Equal("MaxCandidatesReached", shown.RootElement.GetProperty("step").GetString());
        var best = shown.RootElement.GetProperty("best").GetProperty("name").GetString()!;
        Assert.Equal(best, Assert.Single(shown.RootElement.GetProperty("candidates").EnumerateArray()).GetProperty("name").GetString());
        var picture = await ProgramUnderTest.RunAsync(_data.Path, cancellationToken, "automl", "first", "--watch");
        Assert.Contains(best, picture.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kill9_InMidSearch_GoesOnToTheBestCandidate()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        const string Watch = """
            import sys, time; sys.argv = ["", "requests"]
            exec(open(SCRIPT).read().rsplit("\n\n\n", 1)[0])
            if FIRST:
                requests(); create("killed", AutoMLJobConfig={"CompletionCriteria": {"MaxCandidates": 2}})
            job, _ = wait("killed", lambda job: FIRST and job["AutoMLJobSecondaryStatus"] == "ModelTuning" or job["AutoMLJobStatus"] != "InProgress")
            print(job["AutoMLJobStatus"], "BestCandidate" in job)
            """;
        var script = Watch.Replace("SCRIPT", JsonSerializer.Serialize(Script), StringComparison.Ordinal);
        var (killed, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using (killed)
        {
            await ClientScript.RunAsync(_data.Path, url, "-c", script.Replace("FIRST", "True", StringComparison.Ordinal));
            killed.Signal(ProgramUnderTest.Kill);
        }

        var (last, lastUrl) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var restarted = last;
        Assert.Equal("Completed True", await ClientScript.RunAsync(_data.Path, lastUrl, "-c", script.Replace("FIRST", "False", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Notebooks_OfAJob_RunFromBeginningToEnd()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        const string Jupyter = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Jupyter) && await RunAsync(Jupyter, [], "-c", "import nbconvert, ipykernel, boto3") is (0, _), "There is no Jupyter with boto3 here.");
        var (started, url) = await ProgramUnderTest.StartServerAsync(_data.Path, cancellationToken);
        await using var server = started;
        Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, Script, "requests"));
        Assert.Equal("passed", await ClientScript.RunAsync(_data.Path, url, Script, "notebooks", _data.Path));
        var environment = await ClientScript.EnvironmentAsync(_data.Path, url, cancellationToken);

        // The notebooks find the server by themselves, also with an old boto3.
        environment.Remove("PYTHONPATH");

        foreach (var name in new[] { "DataExplorationNotebookLocation", "CandidateDefinitionNotebookLocation" })
        {
            var (exitCode, output) = await RunAsync(Jupyter, environment, "-m", "nbconvert", "--to", "notebook", "--execute", "--stdout", _data[$"{name}.ipynb"]);

            Assert.True(exitCode == 0, output);
            Assert.Contains(name.StartsWith("Data", StringComparison.Ordinal) ? "different" : "InService", output, StringComparison.Ordinal);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, Dictionary<string, string> environment, params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output + await error);
    }
}
