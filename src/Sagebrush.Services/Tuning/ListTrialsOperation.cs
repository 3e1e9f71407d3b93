using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Tuning;

/// <summary>Implements <c>ListTrainingJobsForHyperParameterTuningJob</c>.</summary>
internal sealed class ListTrialsOperation(IResourceStore store)
    : IOperation<ListTrainingJobsForHyperParameterTuningJobRequest, ListTrainingJobsForHyperParameterTuningJobResponse>
{
    private const int DefaultPageSize = 10;

    private readonly ResourceSet<TuningJobDocument> _jobs = store.For(TuningJobs.Kind);

    /// <inheritdoc/>
    public async ValueTask<ListTrainingJobsForHyperParameterTuningJobResponse> InvokeAsync(
        ListTrainingJobsForHyperParameterTuningJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var stored = await _jobs.FindAsync(context.AccountId, context.Region, request.HyperParameterTuningJobName, cancellationToken) ?? throw Refusals.NotFound();
        var isDescending = request.SortOrder == SortOrder.Descending;
        var trials = Sorted(stored.Document, request.SortBy, isDescending)
            .Where(trial => trial.Stage != TrialStage.Planned && (request.StatusEquals is null || trial.Summary.TrainingJobStatus == request.StatusEquals))
            .Select(trial => trial.Summary)
            .ToList();
        var page = ListPage.Of(
            trials, $"{stored.Document.Id}|{request.SortBy}|{isDescending}|{request.StatusEquals}", request.MaxResults ?? DefaultPageSize, request.NextToken);
        return new ListTrainingJobsForHyperParameterTuningJobResponse { TrainingJobSummaries = page.Items, NextToken = page.NextToken };
    }

    private static IEnumerable<TuningTrial> Sorted(TuningJobDocument document, string? sortBy, bool isDescending)
    {
        IOrderedEnumerable<TuningTrial> Order<TKey>(Func<TuningTrial, TKey> key) =>
            isDescending ? document.Trials.OrderByDescending(key) : document.Trials.OrderBy(key);

        return sortBy switch
        {
            TrainingJobSortByOptions.CreationTime => Order(trial => trial.Number),
            TrainingJobSortByOptions.Status => Order(trial => trial.Summary.TrainingJobStatus).ThenBy(trial => trial.Number),

            // Those without a value come last, whatever the order.
            TrainingJobSortByOptions.FinalObjectiveMetricValue =>
                Order(trial => trial.Objective ?? (isDescending ? double.NegativeInfinity : double.PositiveInfinity)).ThenBy(trial => trial.Number),
            _ => Order(trial => trial.Number),
        };
    }
}
