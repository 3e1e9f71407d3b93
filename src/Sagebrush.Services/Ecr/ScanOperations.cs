using Sagebrush.Contracts.Ecr;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.Ecr;

/// <summary>Scans for vulnerabilities. There is no scanner here, and the answers say so: a scan fails and finds nothing.</summary>
internal sealed class ScanOperations(Repositories repositories, ImageStore images, Registries registries)
{
    public void Map(ApiMap api)
    {
        api.Serve(EcrApi.StartImageScan, StartAsync);
        api.Serve(EcrApi.DescribeImageScanFindings, FindingsAsync);
        api.Serve(EcrApi.PutImageScanningConfiguration, ConfigureAsync);
        api.Serve(EcrApi.BatchGetRepositoryScanningConfiguration, ConfigurationsAsync);
        api.Serve(EcrApi.GetRegistryScanningConfiguration, GetRegistryAsync);
        api.Serve(EcrApi.PutRegistryScanningConfiguration, PutRegistryAsync);
    }

    /// <summary>The status of every scan.</summary>
    public static ImageScanStatus Unscanned() => new()
    {
        Status = ScanStatus.Failed,
        Description = "No vulnerability scanner is configured in this registry: the image was not scanned.",
    };

    private async ValueTask<StartImageScanResponse> StartAsync(StartImageScanRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var image = (await ImageFinder.GetAsync(images, repository, request.ImageId, cancellationToken)).Document;
        await images.NoteScanAsync(repository, image, cancellationToken);
        return new StartImageScanResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            ImageId = new ImageIdentifier { ImageDigest = image.Digest, ImageTag = request.ImageId.ImageTag },
            ImageScanStatus = Unscanned(),
        };
    }

    private async ValueTask<DescribeImageScanFindingsResponse> FindingsAsync(DescribeImageScanFindingsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        var image = (await ImageFinder.GetAsync(images, repository, request.ImageId, cancellationToken)).Document;
        return image.ScanAsked is null
            ? throw EcrErrors.ScanNotFoundException(
                $"Image scan does not exist for the image with '{ImageIdentifiers.Show(request.ImageId)}' in the repository with name '{repository.Key.Name}' in the registry with id '{repository.Key.Account}'")
            : new DescribeImageScanFindingsResponse
            {
                RegistryId = repository.Key.Account,
                RepositoryName = repository.Key.Name,
                ImageId = new ImageIdentifier { ImageDigest = image.Digest, ImageTag = request.ImageId.ImageTag },
                ImageScanStatus = Unscanned(),
            };
    }

    private async ValueTask<PutImageScanningConfigurationResponse> ConfigureAsync(
        PutImageScanningConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var repository = await repositories.GetAsync(context, request.RegistryId, request.RepositoryName, cancellationToken);
        await repositories.UpdateAsync(
            repository.Key, document => document with { ScanOnPush = request.ImageScanningConfiguration.ScanOnPush ?? false }, cancellationToken);
        return new PutImageScanningConfigurationResponse
        {
            RegistryId = repository.Key.Account,
            RepositoryName = repository.Key.Name,
            ImageScanningConfiguration = request.ImageScanningConfiguration,
        };
    }

    private async ValueTask<BatchGetRepositoryScanningConfigurationResponse> ConfigurationsAsync(
        BatchGetRepositoryScanningConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var response = new BatchGetRepositoryScanningConfigurationResponse { ScanningConfigurations = [], Failures = [] };
        foreach (var name in request.RepositoryNames)
        {
            if (await repositories.FindAsync(context.AccountId, context.Region, name, cancellationToken) is { } repository)
            {
                response.ScanningConfigurations.Add(new RepositoryScanningConfiguration
                {
                    RepositoryArn = repository.Arn,
                    RepositoryName = name,
                    ScanOnPush = repository.Document.ScanOnPush,
                    ScanFrequency = repository.Document.ScanOnPush ? ScanFrequency.ScanOnPush : ScanFrequency.Manual,
                    AppliedScanFilters = [],
                });
            }
            else
            {
                response.Failures.Add(new RepositoryScanningConfigurationFailure
                {
                    RepositoryName = name,
                    FailureCode = "REPOSITORY_NOT_FOUND",
                    FailureReason = "The repository does not exist",
                });
            }
        }

        return response;
    }

    private async ValueTask<GetRegistryScanningConfigurationResponse> GetRegistryAsync(
        GetRegistryScanningConfigurationRequest request, CallContext context, CancellationToken cancellationToken) => new()
        {
            RegistryId = context.AccountId,
            ScanningConfiguration = Registries.Read<RegistryScanningConfiguration>((await registries.GetAsync(context, cancellationToken)).Scanning)
                ?? new RegistryScanningConfiguration { ScanType = ScanType.Basic, Rules = [] },
        };

    private async ValueTask<PutRegistryScanningConfigurationResponse> PutRegistryAsync(
        PutRegistryScanningConfigurationRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var configuration = new RegistryScanningConfiguration { ScanType = request.ScanType ?? ScanType.Basic, Rules = request.Rules ?? [] };
        await registries.UpdateAsync(context, registry => registry with { Scanning = Registries.Write(configuration) }, cancellationToken);
        return new PutRegistryScanningConfigurationResponse { RegistryScanningConfiguration = configuration };
    }
}
