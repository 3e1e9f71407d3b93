using Sagebrush.Services.Documents;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.AutoScaling;

/// <summary>The kinds of resources autoscaling keeps. All but targets have their target's name as parent.</summary>
internal static class AutoScalingKinds
{
    public static ResourceKind<ScalableTargetDocument> Target { get; } =
        new("ScalableTarget", new JsonDocumentSerializer<ScalableTargetDocument>(AutoScalingJson.Default.ScalableTargetDocument));

    public static ResourceKind<ScalingPolicyDocument> Policy { get; } =
        new("ScalingPolicy", new JsonDocumentSerializer<ScalingPolicyDocument>(AutoScalingJson.Default.ScalingPolicyDocument))
        {
            Parent = static policy => policy.Resource.Name,
        };

    public static ResourceKind<ScheduledActionDocument> ScheduledAction { get; } =
        new("ScheduledScalingAction", new JsonDocumentSerializer<ScheduledActionDocument>(AutoScalingJson.Default.ScheduledActionDocument))
        {
            Parent = static action => action.Resource.Name,
        };

    public static ResourceKind<ScalingActivityDocument> Activity { get; } =
        new("ScalingActivity", new JsonDocumentSerializer<ScalingActivityDocument>(AutoScalingJson.Default.ScalingActivityDocument))
        {
            Parent = static activity => activity.Resource.Name,
        };
}
