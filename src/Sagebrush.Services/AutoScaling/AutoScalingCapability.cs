using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.State.Resources;
using Sagebrush.Wire.Dispatch;

namespace Sagebrush.Services.AutoScaling;

/// <summary>Application Auto Scaling: scalable targets, policies, scheduled actions and activities.</summary>
internal sealed class AutoScalingCapability(
    IResourceStore store, EndpointCapacity capacities, ScalingPolicies policies, ScheduledActions actions, ScalingActivities activities) : ICapability
{
    public void Map(ApiMap api)
    {
        var targets = new ScalableTargetOperations(store, capacities, policies, actions);
        api.Map(ApplicationAutoScalingApi.RegisterScalableTarget, targets.RegisterAsync);
        api.Map(ApplicationAutoScalingApi.DescribeScalableTargets, targets.DescribeAsync);
        api.Map(ApplicationAutoScalingApi.DeregisterScalableTarget, targets.DeregisterAsync);
        api.Map(ApplicationAutoScalingApi.PutScalingPolicy, policies.PutAsync);
        api.Map(ApplicationAutoScalingApi.DescribeScalingPolicies, policies.DescribeAsync);
        api.Map(ApplicationAutoScalingApi.DeleteScalingPolicy, policies.DeleteAsync);
        api.Map(ApplicationAutoScalingApi.PutScheduledAction, actions.PutAsync);
        api.Map(ApplicationAutoScalingApi.DescribeScheduledActions, actions.DescribeAsync);
        api.Map(ApplicationAutoScalingApi.DeleteScheduledAction, actions.DeleteAsync);
        api.Map(ApplicationAutoScalingApi.DescribeScalingActivities, activities.DescribeAsync);

        var tags = new AutoScalingTags(store);
        api.Map(ApplicationAutoScalingApi.TagResource, tags.TagAsync);
        api.Map(ApplicationAutoScalingApi.UntagResource, tags.UntagAsync);
        api.Map(ApplicationAutoScalingApi.ListTagsForResource, tags.ListAsync);
    }
}
