using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Paging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.Algorithms;

/// <summary>Algorithms as users publish them for their training jobs: an image, its hyperparameters, channels and metrics under a name.</summary>
internal sealed class AlgorithmCapability(IResourceStore store) : ICapability
{
    private const int DefaultPageSize = 10;

    private readonly ResourceSet<CreateAlgorithmInput> _algorithms = store.For(AlgorithmRegistry.Kind);

    /// <inheritdoc/>
    public void Map(ApiMap api)
    {
        ArgumentNullException.ThrowIfNull(api);
        api.Map(SageMakerApi.CreateAlgorithm, CreateAsync);
        api.Map(SageMakerApi.DescribeAlgorithm, DescribeAsync);
        api.Map(SageMakerApi.ListAlgorithms, ListAsync);
        api.Map(SageMakerApi.DeleteAlgorithm, DeleteAsync);
    }

    internal async ValueTask<CreateAlgorithmOutput> CreateAsync(CreateAlgorithmInput request, CallContext context, CancellationToken cancellationToken)
    {
        var tags = TaggingCapability.Read(request.Tags);
        if (request.ValidationSpecification is not null)
        {
            throw Refusals.Validation("ValidationSpecification cannot be carried out here yet: create the algorithm without it, and try it with a training job.");
        }

        CheckNames("hyperparameter", (request.TrainingSpecification.SupportedHyperParameters ?? []).Select(parameter => parameter.Name));
        CheckNames("channel", request.TrainingSpecification.TrainingChannels.Select(channel => channel.Name));
        request.Tags = null;
        var arn = Arn(context, request.AlgorithmName);
        var added = await _algorithms.TryAddAsync(_algorithms.Key(context.AccountId, context.Region, request.AlgorithmName), arn, request, tags, cancellationToken);
        return added is not null ? new CreateAlgorithmOutput { AlgorithmArn = arn } : throw Refusals.Validation($"Algorithm {arn} already exists.");
    }

    internal async ValueTask<DescribeAlgorithmOutput> DescribeAsync(DescribeAlgorithmInput request, CallContext context, CancellationToken cancellationToken)
    {
        // Both forms of the name are allowed here, too.
        var name = request.AlgorithmName[(request.AlgorithmName.LastIndexOf('/') + 1)..];
        var stored = await _algorithms.FindAsync(context.AccountId, context.Region, name, cancellationToken)
            ?? throw Refusals.Validation($"Algorithm {Arn(context, name)} does not exist.");
        var algorithm = stored.Document;
        return new DescribeAlgorithmOutput
        {
            AlgorithmName = algorithm.AlgorithmName,
            AlgorithmArn = stored.Arn,
            AlgorithmDescription = algorithm.AlgorithmDescription,
            CreationTime = stored.Created,
            TrainingSpecification = algorithm.TrainingSpecification,
            InferenceSpecification = algorithm.InferenceSpecification,
            AlgorithmStatus = AlgorithmStatus.Completed,
            AlgorithmStatusDetails = new AlgorithmStatusDetails(),
            CertifyForMarketplace = algorithm.CertifyForMarketplace ?? false,
        };
    }

    internal async ValueTask<ListAlgorithmsOutput> ListAsync(ListAlgorithmsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var query = new ResourceQuery
        {
            Account = context.AccountId,
            Region = context.Region,
            Kind = AlgorithmRegistry.Kind.Name,
            NameContains = request.NameContains,
            CreatedAfter = request.CreationTimeAfter,
            CreatedBefore = request.CreationTimeBefore,
            SortBy = request.SortBy == AlgorithmSortBy.Name ? ResourceSort.Name : ResourceSort.CreationTime,
            Descending = request.SortOrder == SortOrder.Descending,
            PageSize = request.MaxResults ?? DefaultPageSize,
            PageToken = request.NextToken,
        };
        try
        {
            var page = await _algorithms.ListAsync(query, cancellationToken);
            return new ListAlgorithmsOutput
            {
                AlgorithmSummaryList = [.. page.Items.Select(item => new AlgorithmSummary
                {
                    AlgorithmName = item.Key.Name,
                    AlgorithmArn = item.Arn,
                    AlgorithmDescription = item.Document.AlgorithmDescription,
                    CreationTime = item.Created,
                    AlgorithmStatus = AlgorithmStatus.Completed,
                })],
                NextToken = page.NextToken,
            };
        }
        catch (InvalidPageTokenException)
        {
            throw Refusals.InvalidToken();
        }
    }

    internal async ValueTask<EmptyShape> DeleteAsync(DeleteAlgorithmInput request, CallContext context, CancellationToken cancellationToken) =>
        await _algorithms.DeleteAsync(_algorithms.Key(context.AccountId, context.Region, request.AlgorithmName), null, cancellationToken)
            ? EmptyShape.Instance
            : throw Refusals.Validation($"Algorithm {Arn(context, request.AlgorithmName)} does not exist.");

    private static string Arn(CallContext context, string name) => context.Arn("sagemaker", $"algorithm/{name}");

    private static void CheckNames(string what, IEnumerable<string> names)
    {
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refusals.Validation($"The {what} '{twice.Key}' is given more than once.");
        }
    }
}
