using System.Text.Json.Serialization;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.Training;

/// <summary>A training job as it is stored: what callers see, and what the reconciler must remember.</summary>
internal sealed class TrainingJobDocument
{
    /// <summary>The version of this document's form.</summary>
    public int Format { get; set; } = 1;

    /// <summary>Names the job's folder; unlike the job's name it is never used twice.</summary>
    public required string Id { get; init; }

    /// <summary>The job, as DescribeTrainingJob tells it.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<DescribeTrainingJobResponse>))]
    public required DescribeTrainingJobResponse Job { get; init; }

    /// <summary>How far it has come.</summary>
    public TrainingPhase Phase { get; set; }

    /// <summary>Whether somebody asked to stop it.</summary>
    public bool StopRequested { get; set; }

    /// <summary>Whether it ran longer than it may.</summary>
    public bool TimedOut { get; set; }

    /// <summary>When its logs began, in Unix seconds: part of their streams' names.</summary>
    public long LogStarted { get; set; }

    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Phase == TrainingPhase.Ended;

    /// <summary>Moves to a secondary status, or changes the message of the one it is in.</summary>
    public void Enter(string secondaryStatus, string message, DateTimeOffset now)
    {
        var transitions = Job.SecondaryStatusTransitions ??= [];
        Job.SecondaryStatus = secondaryStatus;
        if (transitions is [.., var last])
        {
            if (last.Status == secondaryStatus)
            {
                last.StatusMessage = message;
                return;
            }

            last.EndTime ??= now;
        }

        transitions.Add(new SecondaryStatusTransition { Status = secondaryStatus, StartTime = now, StatusMessage = message });
    }

    /// <summary>Ends the job.</summary>
    public void End(string status, string secondaryStatus, string message, DateTimeOffset now)
    {
        Enter(secondaryStatus, message, now);
        Job.SecondaryStatusTransitions![^1].EndTime = now;
        Job.TrainingJobStatus = status;
        Phase = TrainingPhase.Ended;
        if (Job.TrainingStartTime is { } start)
        {
            Job.TrainingEndTime = now;
            Job.TrainingTimeInSeconds = Math.Max(1, (int)Math.Round((now - start).TotalSeconds));
            Job.BillableTimeInSeconds = Job.TrainingTimeInSeconds;
        }
    }
}
