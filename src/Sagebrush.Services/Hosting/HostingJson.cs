using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Services.Hosting.Asynchronous;
using Sagebrush.Services.Hosting.Endpoints;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Hosting;

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ShapeJsonConverter<ProductionVariant>), typeof(ShapeJsonConverter<ContainerDefinition>), typeof(ShapeJsonConverter<DataCaptureConfig>),
        typeof(ShapeJsonConverter<AsyncInferenceConfig>), typeof(ShapeJsonConverter<ExplainerConfig>), typeof(ShapeJsonConverter<ProductionVariantServerlessConfig>), typeof(ShapeJsonConverter<DeploymentConfig>)])]
[JsonSerializable(typeof(EndpointDocument))]
[JsonSerializable(typeof(AsyncInvocation))]
internal sealed partial class HostingJson : JsonSerializerContext;
