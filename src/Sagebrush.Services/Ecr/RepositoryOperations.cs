using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.Services.Tagging;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Repositories: made, described, deleted, and how their tags and scans behave.</summary>
internal sealed class RepositoryOperations(Repositories repositories, ImageStore images, RepositoryDescriptions descriptions)
{
    private const int DefaultPageSize = 100;

    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.CreateRepository, CreateAsync);
        api.Serve(EcrApi.DescribeRepositories, DescribeAsync);
        api.Serve(EcrApi.DeleteRepository, DeleteAsync);
        api.Serve(EcrApi.PutImageTagMutability, PutTagMutabilityAsync);
    }

    private async ValueTask<CreateRepositoryResponse> CreateAsync(CreateRepositoryRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.RegistryId is { } registry && registry != context.AccountId)
        {
            throw EcrErrors.InvalidParameterException("Invalid parameter at 'registryId' failed to satisfy constraint: 'Repositories can be created in the caller's own registry only'");
        }

        var mutability = request.ImageTagMutability ?? ImageTagMutability.Mutable;
        var document = new RepositoryDocument
        {
            Id = Repositories.NewId(),
            TagMutability = mutability,
            ExclusionFilters = Filters(mutability, request.ImageTagMutabilityExclusionFilters),
            ScanOnPush = request.ImageScanningConfiguration?.ScanOnPush ?? false,
            EncryptionType = request.EncryptionConfiguration?.EncryptionType ?? EncryptionType.Aes256,
            KmsKey = request.EncryptionConfiguration?.KmsKey,
        };
        var tags = RepositoryTags.Read(request.Tags).Concat(Creator.TagFor(context.Principal)).ToList();
        var created = await repositories.CreateAsync(context.AccountId, context.Region, request.RepositoryName, document, tags, cancellationToken);
        return new CreateRepositoryResponse { Repository = descriptions.Of(created) };
    }

    private async ValueTask<DescribeRepositoriesResponse> DescribeAsync(DescribeRepositoriesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        if (request.RepositoryNames is { Count: > 0 } names)
        {
            if (request.MaxResults is not null || request.NextToken is not null)
            {
                throw EcrErrors.InvalidParameterException("Invalid parameter at 'repositoryNames' failed to satisfy constraint: 'maxResults and nextToken cannot be used with repositoryNames'");
            }

            var described = new List<Repository>(names.Count);
            foreach (var name in names.Distinct())
            {
                described.Add(descriptions.Of(await repositories.GetAsync(context, request.RegistryId, name, cancellationToken)));
            }

            return new DescribeRepositoriesResponse { Repositories = described };
        }

        var page = await repositories.ListAsync(
            request.RegistryId ?? context.AccountId, context.Region, request.MaxResults ?? DefaultPageSize, request.NextToken, cancellationToken);
        return new DescribeRepositoriesResponse { Repositories = [.. page.Items.Select(descriptions.Of)], NextToken = page.NextToken };
    }

    private async ValueTask<DeleteRepositoryResponse> DeleteAsync(DeleteRepositoryRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        using var turn = await repositories.EnterAsync(repository, cancellationToken);
        if (request.Force != true && await images.AnyAsync(repository, cancellationToken))
        {
            throw EcrErrors.RepositoryNotEmptyException(
                $"The repository with name '{request.RepositoryName}' in registry with id '{repository.Key.Account}' cannot be deleted because it still contains images");
        }

        return await repositories.DeleteAsync(repository, cancellationToken)
            ? new DeleteRepositoryResponse { Repository = descriptions.Of(repository) }
            : throw EcrErrors.RepositoryNotFoundException($"The repository with name '{request.RepositoryName}' does not exist in the registry with id '{repository.Key.Account}'");
    }

    private async ValueTask<PutImageTagMutabilityResponse> PutTagMutabilityAsync(PutImageTagMutabilityRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var filters = Filters(request.ImageTagMutability, request.ImageTagMutabilityExclusionFilters);
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);

        // A push under way ends before, or sees the new rule.
        using var turn = await repositories.EnterAsync(repository, cancellationToken);
        await repositories.UpdateAsync(
            repository.Key, document => document with { TagMutability = request.ImageTagMutability, ExclusionFilters = filters }, cancellationToken);
        return new PutImageTagMutabilityResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            ImageTagMutability = request.ImageTagMutability,
            ImageTagMutabilityExclusionFilters = request.ImageTagMutabilityExclusionFilters,
        };
    }

    private static List<string> Filters(string mutability, List<ImageTagMutabilityExclusionFilter>? filters)
    {
        var wants = mutability is ImageTagMutability.ImmutableWithExclusion or ImageTagMutability.MutableWithExclusion;
        return wants == filters is { Count: > 0 }
            ? [.. (filters ?? []).Select(filter => filter.Filter)]
            : throw EcrErrors.InvalidParameterException(
                $"Invalid parameter at 'imageTagMutabilityExclusionFilters' failed to satisfy constraint: '{(wants ? "must be given" : "must not be given")} for imageTagMutability {mutability}'");
    }
}
