using System.Text.Json.Serialization;

namespace Sagebrush.Services.Processing;

/// <summary>How processing's own documents become JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ProcessingJobDocument))]
internal sealed partial class ProcessingJson : JsonSerializerContext;
