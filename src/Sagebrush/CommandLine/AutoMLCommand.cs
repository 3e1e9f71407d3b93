using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Client;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary><c>automl</c>: the newest AutoML jobs, or one of them with its step, its candidates and the best so far.</summary>
internal sealed class AutoMLCommand : SearchCommand<DescribeAutoMLJobV2Response, AutoMLCandidate>
{
    protected override string Kind => "AutoML job";

    protected override string Trials => "candidates";

    protected override string Document => "docs/autopilot.md";

    public static Command Create(CommonOptions common) => new AutoMLCommand().Create(common, "automl", "Show AutoML jobs: steps, candidates and the best so far.");

    protected override async Task<IReadOnlyList<string>> ListAsync(ApiClient client, int limit, CancellationToken cancellationToken)
    {
        var list = await client.SendAsync(
            SageMakerApi.ListAutoMLJobs, new ListAutoMLJobsRequest { MaxResults = limit, SortBy = AutoMLSortBy.CreationTime, SortOrder = AutoMLSortOrder.Descending }, cancellationToken);
        return [.. list.AutoMLJobSummaries.Select(summary => summary.AutoMLJobName)];
    }

    protected override Task<DescribeAutoMLJobV2Response> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken) =>
        client.SendAsync(SageMakerApi.DescribeAutoMLJobV2, new DescribeAutoMLJobV2Request { AutoMLJobName = name }, cancellationToken);

    protected override async Task<IReadOnlyList<AutoMLCandidate>> TrialsAsync(ApiClient client, DescribeAutoMLJobV2Response job, int limit, CancellationToken cancellationToken)
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

    protected override bool HasEnded(DescribeAutoMLJobV2Response job) => job.EndTime is not null;

    protected override IRenderable Picture(IReadOnlyList<DescribeAutoMLJobV2Response> jobs) => AutoMLPicture.Of(jobs);

    protected override IRenderable Picture(DescribeAutoMLJobV2Response job, IReadOnlyList<AutoMLCandidate> trials) => AutoMLPicture.Of(job, trials);

    protected override JsonObject Json(DescribeAutoMLJobV2Response job) => AutoMLPicture.Json(job);

    protected override JsonObject Json(AutoMLCandidate trial) => AutoMLPicture.Json(trial);
}
