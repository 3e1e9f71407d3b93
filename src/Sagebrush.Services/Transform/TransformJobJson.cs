using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Transform;

/// <summary>How transform's own documents become JSON.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Converters = [typeof(ShapeJsonConverter<ContainerDefinition>)])]
[JsonSerializable(typeof(TransformJobDocument))]
[JsonSerializable(typeof(List<object>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class TransformJobJson : JsonSerializerContext;
