using Sagebrush.Compute.Jobs;

namespace Sagebrush.Compute.Execution;

/// <summary>What an executor runs: a command with a folder, limits and an environment.</summary>
public sealed record JobCommand
{
    /// <summary>The job's folder; it also is the run's identity.</summary>
    public required JobFolder Folder { get; init; }

    /// <summary>The program and its arguments. Paths under the job's tree are those the job sees.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment; nothing is inherited from this program.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Where the command starts, as the job sees it.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>What it may use.</summary>
    public JobLimits Limits { get; init; } = JobLimits.None;

    /// <summary>
    /// Whether the job runs in a world of its own, where its tree is <c>/opt/ml</c>. Programs of this product need none:
    /// they take their paths from the environment.
    /// </summary>
    public bool Isolated { get; init; } = true;

    /// <summary>The host name the job is given where it is isolated.</summary>
    public string HostName { get; init; } = "algo-1";
}
