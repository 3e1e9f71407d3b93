using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Recommendations;

/// <summary>How recommendation jobs become JSON.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    Converters = [typeof(ShapeJsonConverter<CreateInferenceRecommendationsJobRequest>), typeof(ShapeJsonConverter<ContainerDefinition>),
        typeof(ShapeJsonConverter<ProductionVariantServerlessConfig>)])]
[JsonSerializable(typeof(RecommendationJobDocument))]
internal sealed partial class RecommendationJson : JsonSerializerContext;
