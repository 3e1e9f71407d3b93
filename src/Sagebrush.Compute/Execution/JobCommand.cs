using Sagebrush.Compute.Containers;
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

    /// <summary>The container to run it in; null for a process of this machine.</summary>
    public JobContainer? Container { get; init; }

    /// <summary>What it may use.</summary>
    public JobLimits Limits { get; init; } = JobLimits.None;

    /// <summary>
    /// Whether the job runs in a world of its own, where its tree is <c>/opt/ml</c>. Programs of this product need none:
    /// they take their paths from the environment.
    /// </summary>
    public bool Isolated { get; init; } = true;

    /// <summary>
    /// Whether it is a program of this product. Such a program keeps the user, the temporary folder and the sight of files that this program
    /// has, also when it is isolated; anybody else's runs as a user of its own where that can be.
    /// </summary>
    public bool IsTrusted { get; init; }

    /// <summary>Names whom the user of its own is for: runs of one owner are one user. By default each folder is its own.</summary>
    public string? Owner { get; init; }

    /// <summary>The host name the job is given where it is isolated.</summary>
    public string HostName { get; init; } = JobCluster.HostName(1);

    /// <summary>The hosts of the job, this one included; their names resolve to these addresses where it is isolated.</summary>
    public IReadOnlyList<HostAddress> Addresses { get; init; } = [new(JobCluster.HostName(1), "127.0.0.1")];

    /// <summary>What the job sees beside its own tree where it is isolated.</summary>
    public IReadOnlyList<JobMount> Mounts { get; init; } = [];
}
