namespace Sagebrush.Compute.Jobs;

/// <summary>Everything a job is told: written into its configuration files and its environment.</summary>
public sealed record JobDescription
{
    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>The job's ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>The region the job belongs to, such as <c>us-east-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>Hyperparameters as the request gave them; script mode expects JSON in the values.</summary>
    public IReadOnlyDictionary<string, string> Hyperparameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Input channels.</summary>
    public IReadOnlyList<JobChannel> Channels { get; init; } = [];

    /// <summary>The hosts.</summary>
    public required JobCluster Cluster { get; init; }

    /// <summary>Processors the job may use, told as <c>SM_NUM_CPUS</c>.</summary>
    public required int CpuCount { get; init; }

    /// <summary>GPUs the job may use, told as <c>SM_NUM_GPUS</c>.</summary>
    public int GpuCount { get; init; }

    /// <summary>The framework's entry point that AWS's image would run, such as <c>sagemaker_sklearn_container.training:main</c>.</summary>
    public string? FrameworkModule { get; init; }

    /// <summary>Where the job keeps checkpoints, when the request asked for them.</summary>
    public JobCheckpoints? Checkpoints { get; init; }

    /// <summary>More configuration files, by their names.</summary>
    public IReadOnlyDictionary<string, System.Text.Json.Nodes.JsonObject> OtherConfiguration { get; init; } = new Dictionary<string, System.Text.Json.Nodes.JsonObject>();
}
