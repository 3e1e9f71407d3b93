using System.Text.Json.Serialization;
using Sagebrush.Algorithms.AutoML;
using Sagebrush.Contracts.SageMaker;
using Sagebrush.Wire.Json;

namespace Sagebrush.Services.AutoML;

/// <summary>An AutoML job as it is stored: what callers see, and what the reconciler must remember.</summary>
internal sealed class AutoMLJobDocument
{
    /// <summary>The version of this document's form.</summary>
    public int Format { get; set; } = 1;

    /// <summary>Never used twice, unlike the job's name.</summary>
    public required string Id { get; init; }

    /// <summary>The job, as DescribeAutoMLJobV2 tells it; DescribeAutoMLJob says the same in other words.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<DescribeAutoMLJobV2Response>))]
    public required DescribeAutoMLJobV2Response Job { get; init; }

    /// <summary>What of its settings were given, where the answer differs between given and not: the old operation's <c>AutoMLJobConfig</c>.</summary>
    [JsonConverter(typeof(ShapeJsonConverter<AutoMLJobConfig>))]
    public AutoMLJobConfig? Config { get; init; }

    /// <summary>How far it has come.</summary>
    public AutoMLPhase Phase { get; set; }

    /// <summary>How many training jobs were lost without a word, as with a machine that went down.</summary>
    public int Restarts { get; set; }

    /// <summary>Whether somebody asked to stop it.</summary>
    public bool StopRequested { get; set; }

    /// <summary>What its training says of itself.</summary>
    public AutopilotProgress? Progress { get; set; }

    /// <summary>Whether the job has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => Phase == AutoMLPhase.Ended;

    /// <summary>What it does with its table.</summary>
    [JsonIgnore]
    public TabularJobConfig Tabular => Job.AutoMLProblemTypeConfig!.TabularJobConfig!;

    /// <summary>The training job that searches; another after each restart.</summary>
    [JsonIgnore]
    public string TrainingJobName => Restarts == 0 ? $"{Job.AutoMLJobName}-{Id[^8..]}" : $"{Job.AutoMLJobName}-{Id[^8..]}-{Restarts}";

    /// <summary>Where its products are in S3.</summary>
    [JsonIgnore]
    public S3Location Products => S3Location.Parse(Job.OutputDataConfig.S3OutputPath).Below(Job.AutoMLJobName);

    /// <summary>Ends the job.</summary>
    public void End(string status, string secondary, string? failureReason, DateTimeOffset now)
    {
        Phase = AutoMLPhase.Ended;
        Job.AutoMLJobStatus = status;
        Job.AutoMLJobSecondaryStatus = secondary;
        Job.FailureReason = failureReason;
        Job.EndTime = now;
    }
}
