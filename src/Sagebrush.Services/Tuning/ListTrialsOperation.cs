using System.Buffers.Text;
using System.Globalization;
using System.Text;
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
        var list = $"{stored.Document.Id}|{request.SortBy}|{isDescending}|{request.StatusEquals}";
        var start = request.NextToken is { } token ? Read(token, list) : 0;
        var end = Math.Min(trials.Count, start + (request.MaxResults ?? DefaultPageSize));
        return new ListTrainingJobsForHyperParameterTuningJobResponse
        {
            TrainingJobSummaries = trials[Math.Min(start, trials.Count)..end],
            NextToken = end < trials.Count ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}|{end}"))) : null,
        };
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

    private static int Read(string token, string list)
    {
        if (!Base64Url.IsValid(token))
        {
            throw Refusals.InvalidToken();
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        return text.StartsWith(list + "|", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(list.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? start
            : throw Refusals.InvalidToken();
    }
}
