using System.Text.Json.Serialization;

namespace Sagebrush.Services.Training;

/// <summary>How training's own documents become JSON.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(TrainingJobDocument))]
[JsonSerializable(typeof(JobProgress))]
internal sealed partial class TrainingJobJson : JsonSerializerContext;
