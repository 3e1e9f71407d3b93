using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>tuning</c>: the newest tuning jobs, or one of them with its trials, its progress and the best so far.</summary>
internal static class TuningCommand
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommonOptions common)
    {
        var name = new Argument<string?>("NAME") { Description = "A tuning job; all of them without", Arity = ArgumentArity.ZeroOrOne };
        var limit = CommonOptions.Number("--limit", 1, 100, 20, "How many tuning jobs or trials to show", "-n");
        var watch = new Option<bool>("--watch", "-w") { Description = "Keep the picture up to date until the job has ended" };
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand(
            "tuning",
            "Show tuning jobs: progress, trials and the best so far.",
            ($"{Invocation.Name} tuning", "the newest tuning jobs"),
            ($"{Invocation.Name} tuning my-tuning --watch", "one job as it goes on, best trials first"))
        { name, limit, watch, format };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = Connection.Require(common.DataOf(result)).OpenClient();
            var isJson = result.GetValue(format) == CommonOptions.Json;
            if (result.GetValue(name) is not { } job)
            {
                await ListAsync(client, result.GetValue(limit), isJson, cancellationToken);
            }
            else if (isJson || !result.GetValue(watch) || !Terminal.IsInteractive)
            {
                await ShowAsync(client, job, result.GetValue(limit), isJson, cancellationToken);
            }
            else
            {
                await WatchAsync(client, job, result.GetValue(limit), cancellationToken);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task ListAsync(ApiClient client, int limit, bool isJson, CancellationToken cancellationToken)
    {
        var list = await client.SendAsync(
            SageMakerApi.ListHyperParameterTuningJobs,
            new ListHyperParameterTuningJobsRequest { MaxResults = limit, SortBy = HyperParameterTuningJobSortByOptions.CreationTime, SortOrder = SortOrder.Descending },
            cancellationToken);
        var jobs = await Task.WhenAll(list.HyperParameterTuningJobSummaries.Select(summary => DescribeAsync(client, summary.HyperParameterTuningJobName, cancellationToken)));
        if (isJson)
        {
            Console.Out.WriteLine(new JsonArray([.. jobs.Select(TuningPicture.Json)]).ToJsonString(JsonOutput.Options));
        }
        else if (jobs.Length == 0)
        {
            Terminal.Error.MarkupLineInterpolated($"No tuning jobs yet. docs/tuning.md starts one.");
        }
        else
        {
            Terminal.Output.Write(TuningPicture.Of(jobs));
        }
    }

    private static async Task ShowAsync(ApiClient client, string name, int limit, bool isJson, CancellationToken cancellationToken)
    {
        var job = await DescribeAsync(client, name, cancellationToken);
        var trials = await TrialsAsync(client, job, limit, cancellationToken);
        if (isJson)
        {
            var json = TuningPicture.Json(job);
            json["trials"] = new JsonArray([.. trials.Select(TuningPicture.Json)]);
            Console.Out.WriteLine(json.ToJsonString(JsonOutput.Options));
        }
        else
        {
            Terminal.Output.Write(TuningPicture.Of(job, trials));
        }
    }

    private static async Task WatchAsync(ApiClient client, string name, int limit, CancellationToken cancellationToken)
    {
        var job = await DescribeAsync(client, name, cancellationToken);
        await Terminal.Output.Live(TuningPicture.Of(job, [])).StartAsync(async live =>
        {
            while (true)
            {
                live.UpdateTarget(TuningPicture.Of(job, await TrialsAsync(client, job, limit, cancellationToken)));
                live.Refresh();
                if (job.HyperParameterTuningEndTime is not null)
                {
                    return;
                }

                await Task.Delay(Glance, cancellationToken);
                job = await DescribeAsync(client, name, cancellationToken);
            }
        });
    }

    private static Task<DescribeHyperParameterTuningJobResponse> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken) =>
        client.SendAsync(SageMakerApi.DescribeHyperParameterTuningJob, new DescribeHyperParameterTuningJobRequest { HyperParameterTuningJobName = name }, cancellationToken);

    private static async Task<IReadOnlyList<HyperParameterTrainingJobSummary>> TrialsAsync(
        ApiClient client, DescribeHyperParameterTuningJobResponse job, int limit, CancellationToken cancellationToken)
    {
        var isMaximized = TuningPicture.ObjectiveOf(job)?.Type == HyperParameterTuningJobObjectiveType.Maximize;
        var page = await client.SendAsync(
            SageMakerApi.ListTrainingJobsForHyperParameterTuningJob,
            new ListTrainingJobsForHyperParameterTuningJobRequest
            {
                HyperParameterTuningJobName = job.HyperParameterTuningJobName,
                SortBy = TrainingJobSortByOptions.FinalObjectiveMetricValue,
                SortOrder = isMaximized ? SortOrder.Descending : SortOrder.Ascending,
                MaxResults = limit,
            },
            cancellationToken);
        return page.TrainingJobSummaries;
    }
}
