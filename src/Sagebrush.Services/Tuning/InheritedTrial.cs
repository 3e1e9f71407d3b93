using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Tuning;

/// <summary>A training job of a parent, as it was when the child was created.</summary>
internal sealed class InheritedTrial
{
    /// <summary>The parent's position, from 1.</summary>
    public int Parent { get; init; }

    /// <summary>All its hyperparameters, tuned and static.</summary>
    public required Dictionary<string, string> Hyperparameters { get; init; }

    /// <summary>The training job.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<HyperParameterTrainingJobSummary>))]
    public required HyperParameterTrainingJobSummary Summary { get; init; }
}
