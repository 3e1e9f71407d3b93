using System.Text.Json.Serialization;
using Sagebrush.Contracts.ApplicationAutoScaling;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.AutoScaling;

/// <summary>How the documents of autoscaling become JSON.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters =
    [
        typeof(ShapeJsonConverter<SuspendedState>), typeof(ShapeJsonConverter<TargetTrackingScalingPolicyConfiguration>),
        typeof(ShapeJsonConverter<StepScalingPolicyConfiguration>),
    ])]
[JsonSerializable(typeof(ScalableTargetDocument))]
[JsonSerializable(typeof(ScalingPolicyDocument))]
[JsonSerializable(typeof(ScheduledActionDocument))]
[JsonSerializable(typeof(ScalingActivityDocument))]
internal sealed partial class AutoScalingJson : JsonSerializerContext;
