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

    /// <summary>The training image of the algorithm it names; null when it names an image itself.</summary>
    public string? AlgorithmImage { get; init; }

    /// <summary>The image that says what runs it.</summary>
    [JsonIgnore]
    public string Image => AlgorithmImage ?? Job.AlgorithmSpecification!.TrainingImage!;

    /// <summary>The image of its containers by the engine's id, once it is there; null for a job of processes.</summary>
    public string? ContainerImage { get; set; }

    /// <summary>How far it has come.</summary>
    public TrainingPhase Phase { get; set; }

    /// <summary>Whether somebody asked to stop it.</summary>
    public bool StopRequested { get; set; }

    /// <summary>Whether it ran longer than it may.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Whether it waited and ran longer than its MaxWaitTimeInSeconds.</summary>
    public bool WaitedTooLong { get; set; }

    /// <summary>When it last got its place; null while it waits.</summary>
    public DateTimeOffset? PlaceSince { get; set; }

    /// <summary>Seconds it held earlier places for.</summary>
    public double EarlierSeconds { get; set; }

    /// <summary>How often it gave its place to another job.</summary>
    public int Interruptions { get; set; }

    /// <summary>How often it was tried again after a failure of ours.</summary>
    public int Retries { get; set; }

    /// <summary>When its logs began, in Unix seconds: part of their streams' names.</summary>
    public long LogStarted { get; set; }

    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Phase == TrainingPhase.Ended;

    /// <summary>How long it has held a place, over all its places.</summary>
    public TimeSpan HeldFor(DateTimeOffset now) =>
        TimeSpan.FromSeconds(EarlierSeconds) + (PlaceSince is { } since && now > since ? now - since : TimeSpan.Zero);

    /// <summary>Takes its place from it.</summary>
    public void LeavePlace(DateTimeOffset now)
    {
        EarlierSeconds = HeldFor(now).TotalSeconds;
        PlaceSince = null;
    }

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
    /// <param name="status">Its last status.</param>
    /// <param name="secondaryStatus">Its last secondary status.</param>
    /// <param name="message">What is told about it.</param>
    /// <param name="now">When.</param>
    /// <param name="spotPriceShare">What a spot instance costs, as a share of the on-demand price.</param>
    public void End(string status, string secondaryStatus, string message, DateTimeOffset now, double spotPriceShare)
    {
        Enter(secondaryStatus, message, now);
        Job.SecondaryStatusTransitions![^1].EndTime = now;
        Job.TrainingJobStatus = status;
        Phase = TrainingPhase.Ended;
        if (Job.TrainingStartTime is not null)
        {
            LeavePlace(now);
            Job.TrainingEndTime = now;
            Job.TrainingTimeInSeconds = Math.Max(1, (int)Math.Round(EarlierSeconds));

            // By SageMaker's formula, the saving of a spot job is 1 - billable / training time.
            Job.BillableTimeInSeconds = Job.EnableManagedSpotTraining == true
                ? Math.Max(1, (int)Math.Round(EarlierSeconds * spotPriceShare))
                : Job.TrainingTimeInSeconds;
        }
    }
}
