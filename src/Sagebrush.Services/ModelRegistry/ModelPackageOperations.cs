using Sagebrush.Contracts.SageMaker;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>The operations on model packages that read, list and delete.</summary>
internal sealed class ModelPackageOperations(ModelPackages packages)
{
    public async ValueTask<DescribeModelPackageOutput> DescribeAsync(
        DescribeModelPackageInput request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await packages.PackageAsync(request.ModelPackageName, context, cancellationToken);
        var package = stored.Document.Package;
        package.ModelPackageArn = stored.Arn;
        package.CreationTime = stored.Created;
        package.LastModifiedTime = package.LastModifiedBy is null ? null : stored.Modified;
        return package;
    }

    public async ValueTask<BatchDescribeModelPackageOutput> BatchDescribeAsync(
        BatchDescribeModelPackageInput request, CallContext context, CancellationToken cancellationToken)
    {
        var output = new BatchDescribeModelPackageOutput { ModelPackageSummaries = [], BatchDescribeModelPackageErrorMap = [] };
        foreach (var arn in request.ModelPackageArnList.Distinct(StringComparer.Ordinal))
        {
            if (await packages.Packages.FindByArnAsync(context.PackageArnOf(arn), cancellationToken) is not { } stored)
            {
                output.BatchDescribeModelPackageErrorMap[arn] = new BatchDescribeModelPackageError
                {
                    ErrorCode = "ValidationException",
                    ErrorResponse = $"ModelPackage {arn} does not exist.",
                };
                continue;
            }

            var package = stored.Document.Package;
            output.ModelPackageSummaries[arn] = new BatchDescribeModelPackageSummary
            {
                ModelPackageGroupName = package.ModelPackageGroupName!,
                ModelPackageVersion = package.ModelPackageVersion,
                ModelPackageArn = stored.Arn,
                ModelPackageDescription = package.ModelPackageDescription,
                CreationTime = stored.Created,
                InferenceSpecification = package.InferenceSpecification!,
                ModelPackageStatus = package.ModelPackageStatus,
                ModelApprovalStatus = package.ModelApprovalStatus,
                ModelPackageRegistrationType = package.ModelPackageRegistrationType,
            };
        }

        return output;
    }

    public async ValueTask<ListModelPackagesOutput> ListAsync(
        ListModelPackagesInput request, CallContext context, CancellationToken cancellationToken)
    {
        var group = request.ModelPackageGroupName is { } name ? await packages.GroupAsync(name, context, cancellationToken) : null;
        var type = request.ModelPackageType ?? (group is null ? ModelPackageType.Unversioned : ModelPackageType.Versioned);
        List<AttributeFilter> filters = type == ModelPackageType.Both ? [] : [AttributeFilter.Equal(ModelPackageKinds.TypeAttribute, type)];
        if (request.ModelApprovalStatus is { } approval)
        {
            filters.Add(AttributeFilter.Equal(ModelPackageKinds.ApprovalAttribute, approval));
        }

        var query = ResourceLists.Query(
            context, ModelPackageKinds.Package.Name, request.SortBy, request.SortOrder ?? SortOrder.Ascending, request.NameContains, request.MaxResults, request.NextToken);
        var page = await packages.Packages.PageAsync(
            query with { CreatedAfter = request.CreationTimeAfter, CreatedBefore = request.CreationTimeBefore, Parent = group?.Key.Name, Attributes = filters },
            cancellationToken);
        return new ListModelPackagesOutput
        {
            ModelPackageSummaryList = [.. page.Items.Select(stored => new ModelPackageSummary
            {
                ModelPackageName = stored.Document.Package.ModelPackageName,
                ModelPackageGroupName = stored.Document.Package.ModelPackageGroupName,
                ModelPackageVersion = stored.Document.Package.ModelPackageVersion,
                ModelPackageArn = stored.Arn,
                ModelPackageDescription = stored.Document.Package.ModelPackageDescription,
                CreationTime = stored.Created,
                ModelPackageStatus = stored.Document.Package.ModelPackageStatus,
                ModelApprovalStatus = stored.Document.Package.ModelApprovalStatus,
                ModelLifeCycle = stored.Document.Package.ModelLifeCycle,
                ModelPackageRegistrationType = stored.Document.Package.ModelPackageRegistrationType,
            })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(DeleteModelPackageInput request, CallContext context, CancellationToken cancellationToken)
    {
        var stored = await packages.PackageAsync(request.ModelPackageName, context, cancellationToken);
        await packages.Packages.DeleteAsync(stored.Key, null, cancellationToken);
        return EmptyShape.Instance;
    }
}
