using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Instance;
using Sagebrush.Wire.Client;
using Spectre.Console;

namespace Sagebrush.CommandLine;

/// <summary><c>automl</c>: the newest AutoML jobs, or one of them with its step, its candidates and the best so far.</summary>
internal static class AutoMLCommand
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(500);

    public static Command Create(CommonOptions common)
    {
        var name = new Argument<string?>("NAME") { Description = "An AutoML job; all of them without", Arity = ArgumentArity.ZeroOrOne };
        var limit = CommonOptions.Number("--limit", 1, 100, 20, "How many jobs or candidates to show", "-n");
        var watch = new Option<bool>("--watch", "-w") { Description = "Keep the picture up to date until the job has ended" };
        var format = CommonOptions.Format("table", CommonOptions.Json);
        var command = new ExampleCommand(
            "automl",
            "Show AutoML jobs: steps, candidates and the best so far.",
            ($"{Invocation.Name} automl", "the newest AutoML jobs"),
            ($"{Invocation.Name} automl my-job --watch", "one job as it goes on, best candidates first"))
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
            SageMakerApi.ListAutoMLJobs, new ListAutoMLJobsRequest { MaxResults = limit, SortBy = AutoMLSortBy.CreationTime, SortOrder = AutoMLSortOrder.Descending }, cancellationToken);
        var jobs = await Task.WhenAll(list.AutoMLJobSummaries.Select(summary => DescribeAsync(client, summary.AutoMLJobName, cancellationToken)));
        if (isJson)
        {
            Console.Out.WriteLine(new JsonArray([.. jobs.Select(AutoMLPicture.Json)]).ToJsonString(JsonOutput.Options));
        }
        else if (jobs.Length == 0)
        {
            Terminal.Error.MarkupLineInterpolated($"No AutoML jobs yet. docs/autopilot.md starts one.");
        }
        else
        {
            Terminal.Output.Write(AutoMLPicture.Of(jobs));
        }
    }

    private static async Task ShowAsync(ApiClient client, string name, int limit, bool isJson, CancellationToken cancellationToken)
    {
        var job = await DescribeAsync(client, name, cancellationToken);
        var candidates = await CandidatesAsync(client, job, limit, cancellationToken);
        if (isJson)
        {
            var json = AutoMLPicture.Json(job);
            json["candidates"] = new JsonArray([.. candidates.Select(AutoMLPicture.Json)]);
            Console.Out.WriteLine(json.ToJsonString(JsonOutput.Options));
        }
        else
        {
            Terminal.Output.Write(AutoMLPicture.Of(job, candidates));
        }
    }

    private static async Task WatchAsync(ApiClient client, string name, int limit, CancellationToken cancellationToken)
    {
        var job = await DescribeAsync(client, name, cancellationToken);
        await Terminal.Output.Live(AutoMLPicture.Of(job, [])).StartAsync(async live =>
        {
            while (true)
            {
                live.UpdateTarget(AutoMLPicture.Of(job, await CandidatesAsync(client, job, limit, cancellationToken)));
                live.Refresh();
                if (job.EndTime is not null)
                {
                    return;
                }

                await Task.Delay(Glance, cancellationToken);
                job = await DescribeAsync(client, name, cancellationToken);
            }
        });
    }

    private static Task<DescribeAutoMLJobV2Response> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken) =>
        client.SendAsync(SageMakerApi.DescribeAutoMLJobV2, new DescribeAutoMLJobV2Request { AutoMLJobName = name }, cancellationToken);

    private static async Task<IReadOnlyList<AutoMLCandidate>> CandidatesAsync(ApiClient client, DescribeAutoMLJobV2Response job, int limit, CancellationToken cancellationToken)
    {
        var isMaximized = job.BestCandidate?.FinalAutoMLJobObjectiveMetric?.Type == AutoMLJobObjectiveType.Maximize;
        var page = await client.SendAsync(
            SageMakerApi.ListCandidatesForAutoMLJob,
            new ListCandidatesForAutoMLJobRequest
            {
                AutoMLJobName = job.AutoMLJobName,
                SortBy = CandidateSortBy.FinalObjectiveMetricValue,
                SortOrder = isMaximized ? AutoMLSortOrder.Descending : AutoMLSortOrder.Ascending,
                MaxResults = limit,
            },
            cancellationToken);
        return page.Candidates;
    }
}
