using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;
using Sagebrush.Testing;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>An executor and a job's folder for one test, and short ways to run shell scripts.</summary>
public abstract class ProcessExecutorFixture : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    protected ProcessExecutorFixture()
    {
        Folder = PrepareFolder("job");
    }

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    protected ProcessExecutor Executor { get; } = new(TimeProvider.System);

    protected JobFolder Folder { get; }

    public void Dispose()
    {
        Executor.Dispose();
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A job's folder with its tree.</summary>
    protected JobFolder PrepareFolder(string name)
    {
        var folder = new JobFolder(_temporary[name]);
        folder.Prepare(new JobDescription { Name = name, Arn = "arn", Region = "us-east-1", Cluster = JobCluster.SingleHost("ml.m5.large"), CpuCount = 2 });
        return folder;
    }

    protected JobCommand Shell(string script, bool isolated, JobFolder? folder = null) => Command(isolated, folder, "/bin/sh", "-c", script);

    protected JobCommand Python(string script, bool isolated) => Command(isolated, null, "/usr/bin/python3", "-c", script);

    protected async Task<(JobExit Exit, List<string> Lines)> RunAsync(JobCommand command)
    {
        var run = await Executor.StartAsync(command, Cancelled);
        var lines = await ReadAsync(run);
        return (await run.Completion, lines);
    }

    protected static async Task<List<string>> ReadAsync(IJobRun run, long position = 0)
    {
        List<string> lines = [];
        await foreach (var batch in run.ReadLogAsync(position, Cancelled))
        {
            lines.AddRange(batch.Lines.Select(line => line.Text));
        }

        return lines;
    }

    /// <summary>Waits until the job has printed a line.</summary>
    protected static async Task PrintedAsync(IJobRun run, string line)
    {
        await foreach (var batch in run.ReadLogAsync(0, Cancelled))
        {
            if (batch.Lines.Any(printed => printed.Text == line))
            {
                return;
            }
        }

        Assert.Fail($"The job ended without printing '{line}'.");
    }

    private JobCommand Command(bool isolated, JobFolder? folder, params string[] arguments) => new()
    {
        Folder = folder ?? Folder,
        Arguments = arguments,
        Environment = new Dictionary<string, string> { ["LANG"] = "C.UTF-8" },
        WorkingDirectory = "/",
        Isolated = isolated,
    };
}
