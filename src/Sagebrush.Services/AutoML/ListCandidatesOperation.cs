using System.Globalization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoML;

/// <summary>Implements <c>ListCandidatesForAutoMLJob</c>.</summary>
internal sealed class ListCandidatesOperation(IResourceStore store) : IOperation<ListCandidatesForAutoMLJobRequest, ListCandidatesForAutoMLJobResponse>
{
    private const int DefaultPageSize = 10;

    private readonly ResourceSet<AutoMLJobDocument> _jobs = store.For(AutoMLJobs.Kind);

    /// <inheritdoc/>
    public async ValueTask<ListCandidatesForAutoMLJobResponse> InvokeAsync(ListCandidatesForAutoMLJobRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var stored = await _jobs.FindAsync(context.AccountId, context.Region, request.AutoMLJobName, cancellationToken) ?? throw Refusals.NotFound();
        var isDescending = request.SortOrder == AutoMLSortOrder.Descending;
        var candidates = Sorted([.. AutoMLCandidates.Of(stored.Document, context.Region)], request.SortBy, isDescending)
            .Where(candidate => (request.StatusEquals is null || candidate.CandidateStatus == request.StatusEquals)
                && (request.CandidateNameEquals is null || candidate.CandidateName == request.CandidateNameEquals))
            .ToList();
        var page = ListPage.Of(
            candidates, string.Create(CultureInfo.InvariantCulture, $"{stored.Document.Id}|{request.SortBy}|{isDescending}|{request.StatusEquals}|{request.CandidateNameEquals}"), request.MaxResults ?? DefaultPageSize, request.NextToken);
        return new ListCandidatesForAutoMLJobResponse { Candidates = page.Items, NextToken = page.NextToken };
    }

    private static IEnumerable<AutoMLCandidate> Sorted(List<AutoMLCandidate> candidates, string? sortBy, bool isDescending)
    {
        IOrderedEnumerable<AutoMLCandidate> Order<TKey>(Func<AutoMLCandidate, TKey> key) => isDescending ? candidates.OrderByDescending(key) : candidates.OrderBy(key);
        return sortBy switch
        {
            CandidateSortBy.Status => Order(candidate => candidate.CandidateStatus),

            // Those without a value come last, whatever the order.
            CandidateSortBy.FinalObjectiveMetricValue =>
                Order(candidate => candidate.FinalAutoMLJobObjectiveMetric?.Value ?? (isDescending ? float.NegativeInfinity : float.PositiveInfinity)),
            _ => Order(candidate => candidate.CreationTime),
        };
    }
}
