using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>jobs</c>: the newest training jobs with their state, their metric and how long they took.</summary>
internal static class JobsCommand
{
    public static Command Create(CommonOptions common)
    {
        var limit = CommonOptions.Number("--limit", 1, 100, 20, "How many to show, newest first", "-n");
        var status = new Option<string?>("--status") { Description = "Only jobs in this state", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong(
            TrainingJobStatus.InProgress, TrainingJobStatus.Completed, TrainingJobStatus.Failed, TrainingJobStatus.Stopping, TrainingJobStatus.Stopped);
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand(
            "jobs",
            "List the newest training jobs.",
            ($"{Invocation.Name} jobs", "the newest twenty"),
            ($"{Invocation.Name} jobs watch my-job", "one of them live, with its curves"),
            ($"{Invocation.Name} jobs --status Failed --format json", "what failed, for a program"))
        { limit, status, format, WatchCommand.Create(common) };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var jobs = await ListAsync(client, result.GetValue(limit), result.GetValue(status), cancellationToken);
            if (result.GetValue(format) == CommonOptions.Json)
            {
                Console.Out.WriteLine(new JsonArray([.. jobs.Select(Json)]).ToJsonString(JsonOutput.Options));
            }
            else
            {
                WriteTable(jobs, common.DataOf(result));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<DescribeTrainingJobResponse>> ListAsync(
        ApiClient client, int limit, string? status, CancellationToken cancellationToken)
    {
        var list = await client.SendAsync(
            SageMakerApi.ListTrainingJobs,
            new ListTrainingJobsRequest { MaxResults = limit, StatusEquals = status, SortBy = "CreationTime", SortOrder = "Descending" },
            cancellationToken);

        // The list tells neither metrics nor why a job failed.
        return await Task.WhenAll((list.TrainingJobSummaries ?? []).Select(summary => client.SendAsync(
            SageMakerApi.DescribeTrainingJob, new DescribeTrainingJobRequest { TrainingJobName = summary.TrainingJobName }, cancellationToken)));
    }

    private static void WriteTable(IReadOnlyList<DescribeTrainingJobResponse> jobs, DataDirectory data)
    {
        if (jobs.Count == 0)
        {
            Terminal.Error.MarkupLineInterpolated($"No training jobs yet. '{Invocation.Line("quickstart", data)}' runs one.");
            return;
        }

        var table = TablePicture.New("Job", "Status", "Metric", "Created", "Took", "On AWS");
        foreach (var job in jobs)
        {
            table.AddRow(
                Markup.Escape(job.TrainingJobName),
                JobPicture.Status(job.TrainingJobStatus, job.SecondaryStatus),
                Markup.Escape(Metric(job) is { } metric ? string.Create(CultureInfo.InvariantCulture, $"{metric.MetricName} {metric.Value:0.#####}") : job.FailureReason ?? ""),
                TablePicture.Time(job.CreationTime),
                Took(job) is { } took ? Durations.Show(took) : "",
                JobCost.Of(job) is { } cost ? string.Create(CultureInfo.InvariantCulture, $"${cost.OnDemandUsd:0.0000}, spot ${cost.SpotUsd:0.0000}") : "");
        }

        Terminal.Output.Write(table);
    }

    private static JsonNode Json(DescribeTrainingJobResponse job) => new JsonObject
    {
        ["name"] = job.TrainingJobName,
        ["arn"] = job.TrainingJobArn,
        ["status"] = job.TrainingJobStatus,
        ["secondaryStatus"] = job.SecondaryStatus,
        ["failureReason"] = job.FailureReason,
        ["created"] = job.CreationTime.ToString("O", CultureInfo.InvariantCulture),
        ["seconds"] = Took(job)?.TotalSeconds,
        ["awsOnDemandUsd"] = JobCost.Of(job)?.OnDemandUsd,
        ["awsSpotUsd"] = JobCost.Of(job)?.SpotUsd,
        ["metrics"] = new JsonObject((job.FinalMetricDataList ?? []).Select(metric => KeyValuePair.Create(metric.MetricName!, (JsonNode?)metric.Value))),
        ["modelArtifacts"] = job.ModelArtifacts?.S3ModelArtifacts,
    };

    /// <summary>What was measured on data the model did not learn from, when there is such a metric.</summary>
    private static MetricData? Metric(DescribeTrainingJobResponse job) =>
        job.FinalMetricDataList?.FirstOrDefault(metric => metric.MetricName!.StartsWith("validation:", StringComparison.Ordinal)) ?? job.FinalMetricDataList?.FirstOrDefault();

    private static TimeSpan? Took(DescribeTrainingJobResponse job) => (job.TrainingEndTime ?? job.LastModifiedTime) - job.CreationTime;
}
