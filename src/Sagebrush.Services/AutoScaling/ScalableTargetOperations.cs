using System.Security.Cryptography;
using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>The operations on scalable targets.</summary>
internal sealed class ScalableTargetOperations(
    IResourceStore store, EndpointCapacity capacities, ScalingPolicies policies, ScheduledActions actions)
{
    private readonly ResourceSet<ScalableTargetDocument> _targets = store.For(AutoScalingKinds.Target);

    public async ValueTask<RegisterScalableTargetResponse> RegisterAsync(
        RegisterScalableTargetRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var resource = ScalableResource.Parse(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        var key = _targets.Key(context.AccountId, context.Region, resource.Name);
        await capacities.CheckMinimumAsync(request.MinCapacity, resource, context, cancellationToken);
        while (true)
        {
            var updated = await _targets.UpdateAsync(key, target => Checked(target with
            {
                Min = request.MinCapacity ?? target.Min,
                Max = request.MaxCapacity ?? target.Max,
                RoleArn = request.RoleARN ?? target.RoleArn,
                Suspended = request.SuspendedState ?? target.Suspended,
            }), cancellationToken);
            if (updated is not null)
            {
                if (request.Tags is { Count: > 0 } tags)
                {
                    await store.PutTagsAsync(updated.Arn, AutoScalingTags.Read(tags), AutoScalingTags.MaxTags, cancellationToken);
                }

                return new RegisterScalableTargetResponse { ScalableTargetARN = updated.Arn };
            }

            if (await RegisterNewAsync(request, resource, key, context, cancellationToken) is { } added)
            {
                return new RegisterScalableTargetResponse { ScalableTargetARN = added.Arn };
            }
        }
    }

    public async ValueTask<DescribeScalableTargetsResponse> DescribeAsync(
        DescribeScalableTargetsRequest request, CallContext context, CancellationToken cancellationToken)
    {
        ScalableResource.CheckNamespace(request.ServiceNamespace);
        if (request.ResourceIds is { Count: > 0 } ids)
        {
            var found = new List<Stored<ScalableTargetDocument>>();
            foreach (var name in ids.SelectMany(id => Dimensions(request.ScalableDimension).Select(dimension => $"{id}|{dimension}")))
            {
                if (await _targets.FindAsync(context.AccountId, context.Region, name, cancellationToken) is { } target)
                {
                    found.Add(target);
                }
            }

            return new DescribeScalableTargetsResponse { ScalableTargets = [.. found.Select(Answer)] };
        }

        var page = await _targets.PageAsync(context, AutoScalingKinds.Target.Name, null, request.MaxResults, request.NextToken, newestFirst: false, cancellationToken);
        return new DescribeScalableTargetsResponse
        {
            ScalableTargets = [.. page.Items.Where(item => request.ScalableDimension is null || item.Document.Dimension == request.ScalableDimension).Select(Answer)],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<DeregisterScalableTargetResponse> DeregisterAsync(
        DeregisterScalableTargetRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var resource = ScalableResource.Parse(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        if (!await _targets.DeleteAsync(_targets.Key(context.AccountId, context.Region, resource.Name), null, cancellationToken))
        {
            throw NotFound(resource, context);
        }

        await policies.DeleteAllAsync(context.AccountId, context.Region, resource, cancellationToken);
        await actions.DeleteAllAsync(context.AccountId, context.Region, resource, cancellationToken);
        return new DeregisterScalableTargetResponse();
    }

    /// <summary>The refusal when a resource was never registered.</summary>
    public static ServiceException NotFound(ScalableResource resource, CallContext context) => ApplicationAutoScalingErrors.ObjectNotFoundException(
        $"No scalable target found for service namespace: sagemaker, resource ID: {resource.Id}, scalable dimension: {resource.Dimension} of account {context.AccountId}. Register it first.");

    private async Task<Stored<ScalableTargetDocument>?> RegisterNewAsync(
        RegisterScalableTargetRequest request, ScalableResource resource, ResourceKey key, CallContext context, CancellationToken cancellationToken)
    {
        if (request.MinCapacity is null || request.MaxCapacity is null)
        {
            throw ApplicationAutoScalingErrors.ValidationException("Both MinCapacity and MaxCapacity are required when a scalable target is registered for the first time.");
        }

        if (await capacities.FindAsync(context.AccountId, context.Region, resource.Endpoint, resource.Variant, cancellationToken) is null)
        {
            throw ApplicationAutoScalingErrors.ValidationException($"SageMaker endpoint variant doesn't exist: {resource.Id}");
        }

        var target = Checked(new ScalableTargetDocument
        {
            Endpoint = resource.Endpoint,
            Variant = resource.Variant,
            Dimension = resource.Dimension,
            Min = request.MinCapacity.Value,
            Max = request.MaxCapacity.Value,
            RoleArn = request.RoleARN ??
                $"arn:aws:iam::{context.AccountId}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint",
            Suspended = request.SuspendedState,
        });
        var arn = context.Arn("application-autoscaling", $"scalable-target/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}");
        return await _targets.TryAddAsync(key, arn, target, AutoScalingTags.Read(request.Tags), cancellationToken);
    }

    private static ScalableTargetDocument Checked(ScalableTargetDocument target) =>
        target.Min < 0 ? throw ApplicationAutoScalingErrors.ValidationException("Minimum capacity cannot be negative.")
        : target.Max < target.Min ? throw ApplicationAutoScalingErrors.ValidationException("Maximum capacity cannot be less than minimum capacity.")
        : target;

    private static string[] Dimensions(string? only) => only is null ? [ScalableResource.Instances, ScalableResource.Concurrency] : [only];

    private static ScalableTarget Answer(Stored<ScalableTargetDocument> stored) => new()
    {
        ServiceNamespace = "sagemaker",
        ResourceId = stored.Document.Resource.Id,
        ScalableDimension = stored.Document.Dimension,
        MinCapacity = stored.Document.Min,
        MaxCapacity = stored.Document.Max,
        RoleARN = stored.Document.RoleArn,
        CreationTime = stored.Created,
        SuspendedState = stored.Document.Suspended ?? new SuspendedState
        {
            DynamicScalingInSuspended = false, DynamicScalingOutSuspended = false, ScheduledScalingSuspended = false,
        },
        ScalableTargetARN = stored.Arn,
    };
}
