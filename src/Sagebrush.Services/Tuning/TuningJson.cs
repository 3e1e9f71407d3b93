using System.Text.Json.Serialization;

namespace Sagebrush.Services.Tuning;

/// <summary>How tuning's own documents become JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(TuningJobDocument))]
internal sealed partial class TuningJson : JsonSerializerContext;
