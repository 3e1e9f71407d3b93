using System.Globalization;
using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>The operations on scaling policies.</summary>
internal sealed class ScalingPolicies(IResourceStore store, IScalingAlarms? alarms = null)
{
    private readonly ResourceSet<ScalableTargetDocument> _targets = store.For(AutoScalingKinds.Target);
    private readonly ResourceSet<ScalingPolicyDocument> _policies = store.For(AutoScalingKinds.Policy);

    public async ValueTask<PutScalingPolicyResponse> PutAsync(PutScalingPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var resource = ScalableResource.Parse(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        if (await _targets.FindAsync(context.AccountId, context.Region, resource.Name, cancellationToken) is null)
        {
            throw ScalableTargetOperations.NotFound(resource, context);
        }

        var key = Key(context, resource, request.PolicyName);
        var (stored, _) = await _policies.PutAsync(
            key,
            policy => Changed(policy, request),
            () => _policies.TryAddAsync(key, Arn(context, resource, request.PolicyName), New(resource, request), [], cancellationToken),
            cancellationToken);
        return new PutScalingPolicyResponse { PolicyARN = stored.Arn, Alarms = await ShowAsync(stored, cancellationToken) };
    }

    public async ValueTask<DescribeScalingPoliciesResponse> DescribeAsync(
        DescribeScalingPoliciesRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var parent = AutoScalingLists.Parent(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        var page = await _policies.PageAsync(context, AutoScalingKinds.Policy.Name, parent, request.MaxResults, request.NextToken, newestFirst: false, cancellationToken);
        return new DescribeScalingPoliciesResponse
        {
            ScalingPolicies = [.. page.Items.Where(item => request.PolicyNames is not { Count: > 0 } names || names.Contains(item.Document.PolicyName)).Select(item => new ScalingPolicy
            {
                PolicyARN = item.Arn,
                PolicyName = item.Document.PolicyName,
                ServiceNamespace = "sagemaker",
                ResourceId = item.Document.Resource.Id,
                ScalableDimension = item.Document.Dimension,
                PolicyType = item.Document.Type,
                TargetTrackingScalingPolicyConfiguration = item.Document.TargetTracking,
                StepScalingPolicyConfiguration = item.Document.Steps,
                Alarms = [.. item.Document.Alarms.Select(name => new Alarm { AlarmName = name, AlarmARN = context.Arn("cloudwatch", $"alarm:{name}") })],
                CreationTime = item.Created,
            })],
            NextToken = page.NextToken,
        };
    }

    public async ValueTask<DeleteScalingPolicyResponse> DeleteAsync(DeleteScalingPolicyRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var resource = ScalableResource.Parse(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
        var found = await _policies.FindAsync(Key(context, resource, request.PolicyName), cancellationToken)
            ?? throw ApplicationAutoScalingErrors.ObjectNotFoundException(
                $"No scaling policy found for service namespace: sagemaker, resource ID: {resource.Id}, scalable dimension: {resource.Dimension}, policy name: {request.PolicyName}");
        await DeleteAsync(found, cancellationToken);
        return new DeleteScalingPolicyResponse();
    }

    /// <summary>Deletes a target's policies, and the alarms they made.</summary>
    public async Task DeleteAllAsync(string account, string region, ScalableResource resource, CancellationToken cancellationToken)
    {
        foreach (var policy in await AllAsync(account, region, resource, cancellationToken))
        {
            await DeleteAsync(policy, cancellationToken);
        }
    }

    /// <summary>A target's policies.</summary>
    public Task<List<Stored<ScalingPolicyDocument>>> AllAsync(string account, string region, ScalableResource resource, CancellationToken cancellationToken) =>
        _policies.AllAsync(account, region, AutoScalingKinds.Policy.Name, resource.Name, cancellationToken);

    private async Task DeleteAsync(Stored<ScalingPolicyDocument> policy, CancellationToken cancellationToken)
    {
        if (alarms is not null && policy.Document.Alarms.Count > 0)
        {
            await alarms.DeleteAsync(policy.Key.Account, policy.Key.Region, policy.Document.Alarms, cancellationToken);
        }

        await _policies.DeleteAsync(policy.Key, null, cancellationToken);
    }

    /// <summary>Makes the alarms of target tracking, which show in CloudWatch what the policy looks for.</summary>
    private async Task<List<Alarm>> ShowAsync(Stored<ScalingPolicyDocument> policy, CancellationToken cancellationToken)
    {
        if (alarms is null || policy.Document.TargetTracking is not { } config)
        {
            return [];
        }

        var resource = policy.Document.Resource;
        var metric = TargetTracking.Metric(resource, config);
        var shown = new List<Alarm>();
        foreach (var (name, isHigh) in policy.Document.Alarms.Zip([true, false]))
        {
            if (!isHigh && config.DisableScaleIn is true)
            {
                await alarms.DeleteAsync(policy.Key.Account, policy.Key.Region, [name], cancellationToken);
                continue;
            }

            var alarm = new TrackingAlarm(
                name,
                $"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.Arn}.",
                metric,
                isHigh ? config.TargetValue : TargetTracking.LowThreshold(config),
                isHigh,
                isHigh ? TargetTracking.PeriodsOut : TargetTracking.PeriodsIn,
                policy.Arn);
            if (await alarms.PutAsync(policy.Key.Account, policy.Key.Region, alarm, cancellationToken) is { } arn)
            {
                shown.Add(new Alarm { AlarmName = name, AlarmARN = arn });
            }
        }

        return shown;
    }

    private static ScalingPolicyDocument New(ScalableResource resource, PutScalingPolicyRequest request)
    {
        var type = request.PolicyType ?? PolicyType.StepScaling;
        return Changed(
            new ScalingPolicyDocument
            {
                PolicyName = request.PolicyName,
                Endpoint = resource.Endpoint,
                Variant = resource.Variant,
                Dimension = resource.Dimension,
                Alarms = type != PolicyType.TargetTrackingScaling
                    ? []
                    : [.. ((string[])["High", "Low"]).Select(side => $"TargetTracking-{resource.Id}-Alarm{side}-{Guid.NewGuid()}")],
            },
            request,
            type);
    }

    private static ScalingPolicyDocument Changed(ScalingPolicyDocument policy, PutScalingPolicyRequest request)
    {
        if (request.PolicyType is { } type && type != policy.Type)
        {
            throw ApplicationAutoScalingErrors.ValidationException($"The type of policy {policy.PolicyName} is {policy.Type} and cannot be changed. Delete it first.");
        }

        return Changed(policy, request, policy.Type);
    }

    private static ScalingPolicyDocument Changed(ScalingPolicyDocument policy, PutScalingPolicyRequest request, string type)
    {
        switch (type)
        {
            case PolicyType.TargetTrackingScaling when request.TargetTrackingScalingPolicyConfiguration is { } tracking:
                Check(tracking, policy.Resource);
                return policy with { TargetTracking = tracking };
            case PolicyType.StepScaling when request.StepScalingPolicyConfiguration is { } steps:
                Check(steps);
                return policy with { Steps = steps };
            case PolicyType.PredictiveScaling:
                throw ApplicationAutoScalingErrors.ValidationException("PolicyType PredictiveScaling is not supported for namespace sagemaker: use TargetTrackingScaling or StepScaling.");
            default:
                throw ApplicationAutoScalingErrors.ValidationException($"{type}PolicyConfiguration is required for PolicyType {type}.");
        }
    }

    private static void Check(TargetTrackingScalingPolicyConfiguration config, ScalableResource resource)
    {
        if (!(config.TargetValue > 0) || double.IsInfinity(config.TargetValue))
        {
            throw ApplicationAutoScalingErrors.ValidationException(string.Create(
                CultureInfo.InvariantCulture, $"TargetTrackingScalingPolicyConfiguration.TargetValue must be greater than zero, not {config.TargetValue}."));
        }

        if (config.PredefinedMetricSpecification is not null == config.CustomizedMetricSpecification is not null)
        {
            throw ApplicationAutoScalingErrors.ValidationException("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be given.");
        }

        if (config.PredefinedMetricSpecification?.PredefinedMetricType is { } type && !Fits(type, resource.Dimension))
        {
            throw ApplicationAutoScalingErrors.ValidationException($"PredefinedMetricType {type} cannot be used with scalable dimension {resource.Dimension}.");
        }

        if (config.CustomizedMetricSpecification is { } custom && (custom.Metrics is { Count: > 0 } || custom.MetricName is null || custom.Namespace is null || custom.Statistic is null))
        {
            throw ApplicationAutoScalingErrors.ValidationException(
                "CustomizedMetricSpecification needs MetricName, Namespace and Statistic; metric math (Metrics) is not supported yet.");
        }
    }

    private static bool Fits(string metric, string dimension) => metric switch
    {
        MetricType.SageMakerVariantProvisionedConcurrencyUtilization => dimension == ScalableResource.Concurrency,
        MetricType.SageMakerVariantInvocationsPerInstance or MetricType.SageMakerVariantConcurrentRequestsPerModelHighResolution =>
            dimension == ScalableResource.Instances,
        _ => false,
    };

    private static void Check(StepScalingPolicyConfiguration config)
    {
        if (config.AdjustmentType is null || config.StepAdjustments is not { Count: > 0 } steps)
        {
            throw ApplicationAutoScalingErrors.ValidationException("StepScalingPolicyConfiguration needs AdjustmentType and at least one of StepAdjustments.");
        }

        var ordered = steps.OrderBy(step => step.MetricIntervalLowerBound ?? double.NegativeInfinity).ToList();
        if (ordered.Exists(step => step.MetricIntervalLowerBound >= step.MetricIntervalUpperBound))
        {
            throw ApplicationAutoScalingErrors.ValidationException("StepAdjustments: MetricIntervalLowerBound must be less than MetricIntervalUpperBound.");
        }

        if (ordered.Zip(ordered.Skip(1)).Any(pair => (pair.First.MetricIntervalUpperBound ?? double.PositiveInfinity) > (pair.Second.MetricIntervalLowerBound ?? double.NegativeInfinity)))
        {
            throw ApplicationAutoScalingErrors.ValidationException("StepAdjustments: the intervals overlap.");
        }
    }

    private ResourceKey Key(CallContext context, ScalableResource resource, string policy) =>
        _policies.Key(context.AccountId, context.Region, $"{resource.Name}|{policy}");

    private static string Arn(CallContext context, ScalableResource resource, string policy) =>
        context.Arn("autoscaling", $"scalingPolicy:{Guid.NewGuid()}:resource/sagemaker/{resource.Id}:policyName/{policy}");
}
