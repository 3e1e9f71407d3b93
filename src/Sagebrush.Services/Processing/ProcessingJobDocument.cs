using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Processing;

/// <summary>A processing job as it is stored: what callers see, and what the reconciler must remember.</summary>
internal sealed class ProcessingJobDocument
{
    /// <summary>The version of this document's form.</summary>
    public int Format { get; set; } = 1;

    /// <summary>Names the job's folder; unlike the job's name it is never used twice.</summary>
    public required string Id { get; init; }

    /// <summary>The job, as DescribeProcessingJob tells it.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<DescribeProcessingJobResponse>))]
    public required DescribeProcessingJobResponse Job { get; init; }

    /// <summary>The image of its container by the engine's id, once it is there; null for a job of processes.</summary>
    public string? ContainerImage { get; set; }

    /// <summary>How far it has come.</summary>
    public ProcessingPhase Phase { get; set; }

    /// <summary>Whether somebody asked to stop it.</summary>
    public bool StopRequested { get; set; }

    /// <summary>Whether it ran longer than it may.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Phase == ProcessingPhase.Ended;

    /// <summary>Ends the job.</summary>
    public void End(string status, string? failureReason, DateTimeOffset now)
    {
        Phase = ProcessingPhase.Ended;
        Job.ProcessingJobStatus = status;
        Job.FailureReason = failureReason;
        Job.ProcessingEndTime = now;
    }
}
