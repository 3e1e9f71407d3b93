using Sagebrush.Compute.Execution;
using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Tests.Execution;

/// <summary>A program that starts a job and then waits to be killed.</summary>
internal static class JobStarter
{
    public const string Command = "--start-job";

    /// <summary>The job: prints, waits for a file named <c>go</c> in its model folder, prints again and exits with 7.</summary>
    public const string Script = "echo before; while [ ! -e $SM_MODEL_DIR/go ]; do sleep 0.01; done; echo after; exit 7";

    public static JobCommand Describe(IExecutor executor, string path, bool isolated) => new()
    {
        Folder = new JobFolder(path),
        Arguments = ["/bin/sh", "-c", Script],
        Environment = new Dictionary<string, string> { ["SM_MODEL_DIR"] = executor.PathsSeenBy(new JobFolder(path), isolated).Model },
        WorkingDirectory = "/",
        Isolated = isolated,
    };

    public static async Task<int> RunAsync(string path, bool isolated)
    {
        using var executor = new ProcessExecutor(TimeProvider.System);
        await executor.StartAsync(Describe(executor, path, isolated), CancellationToken.None);
        Console.WriteLine("started");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
