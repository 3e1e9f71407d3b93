using System.CommandLine;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

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
            var job = await DescribeAsync(client, name, cancellationToken);
            foreach (var line in await log.ReadNewAsync(cancellationToken))
            {
                Console.Out.WriteLine(line);
            }

            if (!follow || job.TrainingJobStatus is not (TrainingJobStatus.InProgress or TrainingJobStatus.Stopping))
            {
                return Ended(job, follow);
            }

            await Task.Delay(JobLog.Pause, TimeProvider.System, cancellationToken);
        }
    }

    private static int Ended(DescribeTrainingJobResponse job, bool follow)
    {
        if (!follow || job.TrainingJobStatus != TrainingJobStatus.Failed)
        {
            return ExitCode.Success;
        }

        Terminal.Error.WriteLine($"{job.TrainingJobName} failed: {job.FailureReason}");
        return ExitCode.Failure;
    }

    private static async Task<DescribeTrainingJobResponse> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(SageMakerApi.DescribeTrainingJob, new DescribeTrainingJobRequest { TrainingJobName = name }, cancellationToken);
        }
        catch (ApiException exception) when (exception.Code is "ValidationException" or "ResourceNotFound")
        {
            var recent = await client.SendAsync(SageMakerApi.ListTrainingJobs, new ListTrainingJobsRequest { MaxResults = 100 }, cancellationToken);
            var nearest = Suggestion.Nearest(name, (recent.TrainingJobSummaries ?? []).Select(summary => summary.TrainingJobName));
            throw new CommandException(
                ExitCode.Failure, $"no training job '{name}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}", $"'{Invocation.Name} jobs' lists them");
        }
    }
}
