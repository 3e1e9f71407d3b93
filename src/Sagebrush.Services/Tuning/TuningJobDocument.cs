using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Tuning;

/// <summary>A tuning job as it is stored: what callers see, and every trial with how far it is.</summary>
internal sealed class TuningJobDocument
{
    /// <summary>The version of this document's form.</summary>
    public int Format { get; set; } = 1;

    /// <summary>Never used twice, unlike the job's name.</summary>
    public required string Id { get; init; }

    /// <summary>The job, as DescribeHyperParameterTuningJob tells it; counters and the best are filled in when it is described.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<DescribeHyperParameterTuningJobResponse>))]
    public required DescribeHyperParameterTuningJobResponse Job { get; init; }

    /// <summary>Where the random numbers start.</summary>
    public int Seed { get; init; }

    /// <summary>Whether somebody asked to stop it.</summary>
    public bool StopRequested { get; set; }

    /// <summary>Whether it needs no more trials, for whatever reason; those that run are stopped.</summary>
    public bool IsComplete { get; set; }

    /// <summary>The training jobs, by their number.</summary>
    public List<TuningTrial> Trials { get; set; } = [];

    /// <summary>What the parents of a warm start found.</summary>
    public List<InheritedTrial> Inherited { get; init; } = [];

    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Job.HyperParameterTuningJobStatus is HyperParameterTuningJobStatus.Completed
        or HyperParameterTuningJobStatus.Failed or HyperParameterTuningJobStatus.Stopped;

    /// <summary>The definitions of its training jobs, one or several.</summary>
    [JsonIgnore]
    public IReadOnlyList<HyperParameterTrainingJobDefinition> Definitions =>
        Job.TrainingJobDefinitions is { Count: > 0 } several ? several : [Job.TrainingJobDefinition!];

    /// <summary>The ranges of a definition.</summary>
    public ParameterRanges RangesOf(int definition) => Definitions[definition].HyperParameterRanges ?? Job.HyperParameterTuningJobConfig.ParameterRanges!;

    /// <summary>The objective of a definition.</summary>
    public HyperParameterTuningJobObjective ObjectiveOf(int definition) =>
        Definitions[definition].TuningObjective ?? Job.HyperParameterTuningJobConfig.HyperParameterTuningJobObjective!;

    /// <summary>Ends the job.</summary>
    public void End(string status, DateTimeOffset now)
    {
        Job.HyperParameterTuningJobStatus = status;
        Job.HyperParameterTuningEndTime = now;
    }
}
