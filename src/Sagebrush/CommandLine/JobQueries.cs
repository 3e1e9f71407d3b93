using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary>What commands ask about one training job.</summary>
internal static class JobQueries
{
    /// <summary>The job; a name that is none is told with the one that was perhaps meant.</summary>
    public static async Task<DescribeTrainingJobResponse> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken)
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

    /// <summary>Whether the job has come to its end.</summary>
    public static bool HasEnded(DescribeTrainingJobResponse job) => job.TrainingJobStatus is not (TrainingJobStatus.InProgress or TrainingJobStatus.Stopping);

    /// <summary>The exit code of a command that stayed until the job's end; a failure's reason is said.</summary>
    public static int Ended(DescribeTrainingJobResponse job)
    {
        if (job.TrainingJobStatus != TrainingJobStatus.Failed)
        {
            return ExitCode.Success;
        }

        Terminal.Error.WriteLine($"{job.TrainingJobName} failed: {job.FailureReason}");
        return ExitCode.Failure;
    }
}
