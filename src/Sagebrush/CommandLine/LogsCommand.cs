using System.CommandLine;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;

namespace Sagebrush.CommandLine;

/// <summary><c>logs</c>: what a training job printed, and with <c>-f</c> what it goes on to print.</summary>
internal static class LogsCommand
{
    public static Command Create(CommonOptions common)
    {
        var job = new Argument<string>("JOB") { Description = "Name of the training job" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the job ends" };
        var command = new ExampleCommand(
            "logs",
            "Print what a training job wrote.",
            ($"{Invocation.Name} logs my-job", "all there is so far"),
            ($"{Invocation.Name} logs -f my-job", "and what comes, until it ends"))
        { job, follow };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            return await PrintAsync(client, result.GetRequiredValue(job), result.GetValue(follow), cancellationToken);
        });
        return command;
    }

    /// <summary>Prints; with <paramref name="follow"/>, the exit code tells whether the job succeeded.</summary>
    private static async Task<int> PrintAsync(ApiClient client, string name, bool follow, CancellationToken cancellationToken)
    {
        var log = new JobLog(client, name);
        while (true)
        {
            // Asked before reading: what a job wrote before it ended is then in the log.
            var job = await JobQueries.DescribeAsync(client, name, cancellationToken);
            foreach (var line in await log.ReadNewAsync(cancellationToken))
            {
                Console.Out.WriteLine(line);
            }

            if (!follow || JobQueries.HasEnded(job))
            {
                return follow ? JobQueries.Ended(job) : ExitCode.Success;
            }

            await Task.Delay(JobLog.Pause, TimeProvider.System, cancellationToken);
        }
    }
}
