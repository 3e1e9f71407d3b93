using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.InferenceExperiments;

/// <summary>How experiments become JSON.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(ShapeJsonConverter<CreateInferenceExperimentRequest>), typeof(ShapeJsonConverter<StopInferenceExperimentRequest>)])]
[JsonSerializable(typeof(InferenceExperimentDocument))]
internal sealed partial class InferenceExperimentJson : JsonSerializerContext;
