namespace Sagebrush.Services.Training;

/// <summary>What training needs to know of the program it is part of.</summary>
public sealed record TrainingOptions
{
    /// <summary>Where jobs have their folders while they run; on the object store's file system, staging links instead of copying.</summary>
    public required string JobsDirectory { get; init; }

    /// <summary>The program and its first arguments that run a built-in algorithm; its name and the job's tree are appended.</summary>
    public required IReadOnlyList<string> BuiltInCommand { get; init; }

    /// <summary>The program and its first arguments that run an analysis of SageMaker Clarify; the job's tree is appended.</summary>
    public IReadOnlyList<string> ClarifyCommand { get; init; } = [];

    /// <summary>The program and its first arguments that fill the pipes of Pipe mode; a plan's path and a failure's are appended.</summary>
    public required IReadOnlyList<string> FeedCommand { get; init; }

    /// <summary>Folders of this machine that stand for file systems (EFS, FSx), by their ids.</summary>
    public IReadOnlyDictionary<string, string> FileSystems { get; init; } = new Dictionary<string, string>();

    /// <summary>The Python that runs scripts of frameworks that have none of their own.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>The Pythons of frameworks, by their names: <c>pytorch</c>, <c>tensorflow</c>, ….</summary>
    public IReadOnlyDictionary<string, string> Pythons { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders that jobs must not see: the one with everybody's data and keys.</summary>
    public IReadOnlyList<string> Hidden { get; init; } = [];

    /// <summary>How long a job may take to end after SIGTERM; SageMaker gives 120 seconds.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a spot job may take to save its work when its place is needed; AWS gives two minutes.</summary>
    public TimeSpan SpotGrace { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>What a spot instance costs, as a share of the on-demand price; AWS's prices move, about 0.3 is usual.</summary>
    public double SpotPriceShare { get; init; } = 0.3;

    /// <summary>How long a job whose artifacts do not fit on the disk waits for room before it fails.</summary>
    public TimeSpan UploadPatience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often checkpoints are brought to S3 while a job runs.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Variables a job gets beside its own, such as the endpoint and keys for the AWS SDKs inside it.</summary>
    public Func<JobAccess, IReadOnlyDictionary<string, string>> JobVariables { get; init; } = static _ => new Dictionary<string, string>();
}
