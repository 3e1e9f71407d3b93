namespace Sagebrush.Compute.Containers;

/// <summary>How containers are run on this machine.</summary>
public sealed record ContainerOptions
{
    /// <summary>The socket of the engine, such as <c>unix:///run/podman/podman.sock</c>; null looks where Docker and Podman have theirs.</summary>
    public string? Engine { get; init; }

    /// <summary>
    /// The network of jobs that are not isolated. With <c>host</c> they reach this program at its loopback address, and the hosts of a job each other; other
    /// networks of the engine need a program that listens on an address they reach.
    /// </summary>
    public string JobNetwork { get; init; } = "host";

    /// <summary>The network of models that are not isolated; their port is published on the loopback address.</summary>
    public string ModelNetwork { get; init; } = "bridge";

    /// <summary>Marks the containers of this program's data directory among all that the engine has.</summary>
    public string Owner { get; init; } = "sagebrush";

    /// <summary>Bytes of output that may wait to be read before the older half is left out.</summary>
    public long MaxLogBacklogBytes { get; init; } = 1L << 30;
}
