using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr;

/// <summary>Describes repositories as ECR does.</summary>
/// <remarks>
/// The URI is the one that engines can push to: the address of this program. AWS's form of it, <c>ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME</c>, is understood
/// in every request as well, but no engine would find this program by it.
/// </remarks>
internal sealed class RepositoryDescriptions(RegistryOptions options)
{
    public Repository Of(Stored<RepositoryDocument> repository)
    {
        var document = repository.Document;
        return new Repository
        {
            RepositoryArn = repository.Arn,
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            RepositoryUri = $"{new Uri(options.PublicUrl()).Authority}/{repository.Key.Name}",
            CreatedAt = repository.Created,
            ImageTagMutability = document.TagMutability,
            ImageTagMutabilityExclusionFilters = document.ExclusionFilters.Count == 0 ? null
                : [.. document.ExclusionFilters.Select(filter => new ImageTagMutabilityExclusionFilter { FilterType = "WILDCARD", Filter = filter })],
            ImageScanningConfiguration = new ImageScanningConfiguration { ScanOnPush = document.ScanOnPush },
            EncryptionConfiguration = new EncryptionConfiguration { EncryptionType = document.EncryptionType, KmsKey = document.KmsKey },
        };
    }
}
