using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>Implements <c>CreateModelPackage</c>: registers the next version of a group, or a package that stands alone.</summary>
internal sealed class CreateModelPackageOperation(ModelPackages packages) : IOperation<CreateModelPackageInput, CreateModelPackageOutput>
{
    public async ValueTask<CreateModelPackageOutput> InvokeAsync(
        CreateModelPackageInput request, CallContext context, CancellationToken cancellationToken)
    {
        Check(request);
        var tags = TaggingCapability.Read(request.Tags);
        if (request.ModelPackageName is { } name)
        {
            var only = await AddAsync(request, context, name, null, tags, cancellationToken);
            return only ?? throw Refusals.Validation($"ModelPackage already exists: {context.ModelPackageArn(name)}");
        }

        var group = await packages.GroupAsync(request.ModelPackageGroupName!, context, cancellationToken);
        if (await MadeBeforeAsync(request.ClientToken, group.Key, cancellationToken) is { } before)
        {
            return new CreateModelPackageOutput { ModelPackageArn = before };
        }

        while (true)
        {
            var counted = await packages.Groups.UpdateAsync(group.Key, document => document with { LastVersion = document.LastVersion + 1 }, cancellationToken)
                ?? throw Refusals.Validation($"ModelPackageGroup {group.Arn} does not exist.");
            var version = counted.Document.LastVersion;
            if (await AddAsync(request, context, group.Key.Name, version, tags, cancellationToken) is { } added)
            {
                return added;
            }
        }
    }

    private static void Check(CreateModelPackageInput request)
    {
        if (request.ModelPackageName is null == request.ModelPackageGroupName is null)
        {
            throw Refusals.Validation(request.ModelPackageName is null
                ? "You must provide either ModelPackageName or ModelPackageGroupName."
                : "You cannot provide both ModelPackageName and ModelPackageGroupName.");
        }

        if (request.SourceAlgorithmSpecification?.SourceAlgorithms is [var algorithm, ..])
        {
            throw Refusals.Validation($"Algorithm {algorithm.AlgorithmName} does not exist.");
        }

        if (request.InferenceSpecification is null && request.SourceUri is null)
        {
            throw Refusals.Validation("You must provide InferenceSpecification or SourceUri.");
        }

        if (request.ValidationSpecification is not null && request.SkipModelValidation != SkipModelValidation.All)
        {
            throw new ServiceException("NotImplemented", "ValidationSpecification is not implemented yet; SkipModelValidation \"All\" registers without it.", 501);
        }

        var specifications = (request.AdditionalInferenceSpecifications ?? []).Select(other => other.Containers).Prepend(request.InferenceSpecification?.Containers ?? []);
        foreach (var container in specifications.SelectMany(containers => containers))
        {
            if (container.ModelDataUrl is { Length: > 0 } url && !S3Location.TryParse(url, out _))
            {
                throw Refusals.Validation($"ModelDataUrl '{url}' is not a place in S3, such as s3://bucket/model.tar.gz.");
            }
        }
    }

    private async ValueTask<string?> MadeBeforeAsync(string? token, ResourceKey group, CancellationToken cancellationToken)
    {
        if (token is null)
        {
            return null;
        }

        var page = await packages.Packages.ListAsync(
            new ResourceQuery
            {
                Account = group.Account,
                Region = group.Region,
                Kind = ModelPackageKinds.Package.Name,
                Parent = group.Name,
                Attributes = [AttributeFilter.Equal(ModelPackageKinds.TokenAttribute, token)],
                PageSize = 1,
            },
            cancellationToken);
        return page.Items is [var found, ..] ? found.Arn : null;
    }

    private async ValueTask<CreateModelPackageOutput?> AddAsync(
        CreateModelPackageInput request, CallContext context, string name, int? version, List<ResourceTag> tags, CancellationToken cancellationToken)
    {
        var key = version is { } number ? ModelPackageKinds.VersionName(name, number) : name;
        var package = new DescribeModelPackageOutput
        {
            ModelPackageName = version is null ? name : null!,
            ModelPackageGroupName = version is null ? null : name,
            ModelPackageVersion = version,
            ModelPackageRegistrationType = request.ModelPackageRegistrationType,
            ModelPackageDescription = request.ModelPackageDescription,
            InferenceSpecification = request.InferenceSpecification,
            AdditionalInferenceSpecifications = request.AdditionalInferenceSpecifications,
            SourceUri = request.SourceUri,
            ModelPackageStatus = ModelPackageStatus.Completed,
            ModelPackageStatusDetails = new ModelPackageStatusDetails
            {
                ValidationStatuses = [new ModelPackageStatusItem { Name = name, Status = DetailedModelPackageStatus.NotStarted }],
                ImageScanStatuses = [new ModelPackageStatusItem { Name = name, Status = DetailedModelPackageStatus.NotStarted }],
            },
            CertifyForMarketplace = request.CertifyForMarketplace ?? false,
            ModelApprovalStatus = request.ModelApprovalStatus ?? (version is null ? null : ModelApprovalStatus.PendingManualApproval),
            CreatedBy = context.Caller(),
            MetadataProperties = request.MetadataProperties,
            ModelMetrics = request.ModelMetrics,
            Domain = request.Domain,
            Task = request.Task,
            SamplePayloadUrl = request.SamplePayloadUrl,
            CustomerMetadataProperties = request.CustomerMetadataProperties,
            DriftCheckBaselines = request.DriftCheckBaselines,
            SkipModelValidation = request.SkipModelValidation,
            SecurityConfig = request.SecurityConfig,
            ModelCard = request.ModelCard,
            ModelLifeCycle = request.ModelLifeCycle,
        };
        var added = await packages.Packages.TryAddAsync(
            packages.Packages.Key(context.AccountId, context.Region, key),
            context.ModelPackageArn(key),
            new ModelPackageDocument { Package = package, Token = request.ClientToken },
            tags,
            cancellationToken);
        return added is null ? null : new CreateModelPackageOutput { ModelPackageArn = added.Arn };
    }
}
