using Sagebrush.Compute.Containers;
using Sagebrush.Compute.Execution;

namespace Sagebrush.Services.Hosting.Containers;

/// <summary>A model served by containers of an image, and how they are run.</summary>
internal sealed record ContainerModelOptions
{
    /// <summary>The port at which SageMaker's containers serve.</summary>
    public const int StandardPort = 8080;

    /// <summary>What runs the containers.</summary>
    public required ContainerExecutor Executor { get; init; }

    /// <summary>The image by the engine's id.</summary>
    public required string Image { get; init; }

    /// <summary>Where the instances' own folders are: <c>instance-1</c>, ….</summary>
    public required string Folder { get; init; }

    /// <summary>How many containers.</summary>
    public required int Instances { get; init; }

    /// <summary>The model's folders, and where the containers see them.</summary>
    public required IReadOnlyList<JobMount> Mounts { get; init; }

    /// <summary>Variables of the containers.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What each container may use.</summary>
    public required JobLimits Limits { get; init; }

    /// <summary>Whether the containers get no network but their own loopback.</summary>
    public bool IsNetworkIsolated { get; init; }

    /// <summary>Whether the containers run in the machine's own network, each at a port of its own.</summary>
    public bool IsInHostNetwork { get; init; }

    /// <summary>What the containers are for, in words for people.</summary>
    public required string Purpose { get; init; }

    /// <summary>How long a container may take until it answers <c>/ping</c>.</summary>
    public required TimeSpan StartupTimeout { get; init; }

    /// <summary>How long a request may take.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>How long a container may take to leave before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest answer in bytes.</summary>
    public required int LargestAnswer { get; init; }

    /// <summary>Takes each line the containers print.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
