using System.Text.Json.Serialization;

namespace Sagebrush.Services.AutoML;

/// <summary>How AutoML's own documents become JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AutoMLJobDocument))]
internal sealed partial class AutoMLJson : JsonSerializerContext;
