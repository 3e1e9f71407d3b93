using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Iam;
using Sagebrush.Services.Tagging;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;
using Sagebrush.Wire.Schema;

namespace Sagebrush.Services.ModelRegistry;

/// <summary>The operations on model package groups and their policies.</summary>
internal sealed class ModelPackageGroupOperations(ModelPackages packages)
{
    public async ValueTask<CreateModelPackageGroupOutput> CreateAsync(
        CreateModelPackageGroupInput request, CallContext context, CancellationToken cancellationToken)
    {
        var arn = context.ModelPackageGroupArn(request.ModelPackageGroupName);
        var added = await packages.Groups.TryAddAsync(
            packages.Groups.Key(context.AccountId, context.Region, request.ModelPackageGroupName),
            arn,
            new ModelPackageGroupDocument { Description = request.ModelPackageGroupDescription, CreatedBy = context.Caller() },
            TaggingCapability.Read(request.Tags),
            cancellationToken);
        return added is null
            ? throw Refusals.Validation($"Model Package Group already exists: {arn}")
            : new CreateModelPackageGroupOutput { ModelPackageGroupArn = arn };
    }

    public async ValueTask<DescribeModelPackageGroupOutput> DescribeAsync(
        DescribeModelPackageGroupInput request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await packages.GroupAsync(request.ModelPackageGroupName, context, cancellationToken);
        return new DescribeModelPackageGroupOutput
        {
            ModelPackageGroupName = group.Key.Name,
            ModelPackageGroupArn = group.Arn,
            ModelPackageGroupDescription = group.Document.Description,
            CreationTime = group.Created,
            CreatedBy = group.Document.CreatedBy,
            ModelPackageGroupStatus = ModelPackageGroupStatus.Completed,
        };
    }

    public async ValueTask<ListModelPackageGroupsOutput> ListAsync(
        ListModelPackageGroupsInput request, CallContext context, CancellationToken cancellationToken)
    {
        var query = ResourceLists.Query(
            context, ModelPackageKinds.Group.Name, request.SortBy, request.SortOrder ?? SortOrder.Ascending, request.NameContains, request.MaxResults, request.NextToken);
        var page = await packages.Groups.PageAsync(
            query with { CreatedAfter = request.CreationTimeAfter, CreatedBefore = request.CreationTimeBefore }, cancellationToken);
        return new ListModelPackageGroupsOutput
        {
            ModelPackageGroupSummaryList = [.. page.Items.Select(group => new ModelPackageGroupSummary
            {
                ModelPackageGroupName = group.Key.Name,
                ModelPackageGroupArn = group.Arn,
                ModelPackageGroupDescription = group.Document.Description,
                CreationTime = group.Created,
                ModelPackageGroupStatus = ModelPackageGroupStatus.Completed,
            })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<EmptyShape> DeleteAsync(
        DeleteModelPackageGroupInput request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await packages.GroupAsync(request.ModelPackageGroupName, context, cancellationToken);
        var members = await packages.Packages.ListAsync(
            new ResourceQuery
            {
                Account = group.Key.Account,
                Region = group.Key.Region,
                Kind = ModelPackageKinds.Package.Name,
                Parent = group.Key.Name,
                PageSize = 1,
            },
            cancellationToken);

        // A version registered since then has changed the group, which counts its versions.
        return members.Items.Count == 0 && await packages.Groups.DeleteAsync(group.Key, group.Version, cancellationToken)
            ? EmptyShape.Instance
            : throw SageMakerErrors.ConflictException($"Model Package Group {group.Arn} cannot be deleted because it still contains Model Packages.");
    }

    public async ValueTask<PutModelPackageGroupPolicyOutput> PutPolicyAsync(
        PutModelPackageGroupPolicyInput request, CallContext context, CancellationToken cancellationToken)
    {
        if (PolicyDocument.Problem(request.ResourcePolicy) is { } problem)
        {
            throw Refusals.Validation($"ResourcePolicy is no policy: {problem}");
        }

        var group = await packages.GroupAsync(request.ModelPackageGroupName, context, cancellationToken);
        await packages.Groups.UpdateAsync(group.Key, document => document with { Policy = request.ResourcePolicy }, cancellationToken);
        return new PutModelPackageGroupPolicyOutput { ModelPackageGroupArn = group.Arn };
    }

    public async ValueTask<GetModelPackageGroupPolicyOutput> GetPolicyAsync(
        GetModelPackageGroupPolicyInput request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await packages.GroupAsync(request.ModelPackageGroupName, context, cancellationToken);
        return new GetModelPackageGroupPolicyOutput
        {
            ResourcePolicy = group.Document.Policy ?? throw Refusals.Validation($"Cannot find resource policy for: {group.Arn}"),
        };
    }

    public async ValueTask<EmptyShape> DeletePolicyAsync(
        DeleteModelPackageGroupPolicyInput request, CallContext context, CancellationToken cancellationToken)
    {
        var group = await packages.GroupAsync(request.ModelPackageGroupName, context, cancellationToken);
        if (group.Document.Policy is null)
        {
            throw Refusals.Validation($"Cannot find resource policy for: {group.Arn}");
        }

        await packages.Groups.UpdateAsync(group.Key, document => document with { Policy = null }, cancellationToken);
        return EmptyShape.Instance;
    }
}
