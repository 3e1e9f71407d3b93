using System.CommandLine;
using System.Text.Json.Nodes;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Client;
using Spectre.Console.Rendering;

namespace Sagebrush.CommandLine;

/// <summary><c>tuning</c>: the newest tuning jobs, or one of them with its trials, its progress and the best so far.</summary>
internal sealed class TuningCommand : SearchCommand<DescribeHyperParameterTuningJobResponse, HyperParameterTrainingJobSummary>
{
    protected override string Kind => "tuning job";

    protected override string Trials => "trials";

    protected override string Document => "docs/tuning.md";

    public static Command Create(CommonOptions common) => new TuningCommand().Create(common, "tuning", "Show tuning jobs: progress, trials and the best so far.");

    protected override async Task<IReadOnlyList<string>> ListAsync(ApiClient client, int limit, CancellationToken cancellationToken)
    {
        var list = await client.SendAsync(
            SageMakerApi.ListHyperParameterTuningJobs,
            new ListHyperParameterTuningJobsRequest { MaxResults = limit, SortBy = HyperParameterTuningJobSortByOptions.CreationTime, SortOrder = SortOrder.Descending },
            cancellationToken);
        return [.. list.HyperParameterTuningJobSummaries.Select(summary => summary.HyperParameterTuningJobName)];
    }

    protected override Task<DescribeHyperParameterTuningJobResponse> DescribeAsync(ApiClient client, string name, CancellationToken cancellationToken) =>
        client.SendAsync(SageMakerApi.DescribeHyperParameterTuningJob, new DescribeHyperParameterTuningJobRequest { HyperParameterTuningJobName = name }, cancellationToken);

    protected override async Task<IReadOnlyList<HyperParameterTrainingJobSummary>> TrialsAsync(
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

    protected override bool HasEnded(DescribeHyperParameterTuningJobResponse job) => job.HyperParameterTuningEndTime is not null;

    protected override IRenderable Picture(IReadOnlyList<DescribeHyperParameterTuningJobResponse> jobs) => TuningPicture.Of(jobs);

    protected override IRenderable Picture(DescribeHyperParameterTuningJobResponse job, IReadOnlyList<HyperParameterTrainingJobSummary> trials) => TuningPicture.Of(job, trials);

    protected override JsonObject Json(DescribeHyperParameterTuningJobResponse job) => TuningPicture.Json(job);

    protected override JsonObject Json(HyperParameterTrainingJobSummary trial) => TuningPicture.Json(trial);
}
