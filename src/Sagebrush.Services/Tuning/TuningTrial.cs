using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Tuning;

/// <summary>One training job of a tuning job, from the decision to try some hyperparameters to its end.</summary>
internal sealed class TuningTrial
{
    /// <summary>Its number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The position of its definition.</summary>
    public int Definition { get; init; }

    /// <summary>How far it is.</summary>
    public TrialStage Stage { get; set; }

    /// <summary>The training job as it was last seen.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<HyperParameterTrainingJobSummary>))]
    public required HyperParameterTrainingJobSummary Summary { get; init; }

    /// <summary>Whether the tuning job stopped it because others were better.</summary>
    public bool IsStoppedEarly { get; set; }

    /// <summary>The final value of the objective; null when there is none.</summary>
    [JsonIgnore]
    public double? Objective => Stage == TrialStage.Ended && Summary.ObjectiveStatus == ObjectiveStatus.Succeeded
        ? Summary.FinalHyperParameterTuningJobObjectiveMetric?.Value
        : null;
}
