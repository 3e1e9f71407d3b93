namespace Sagebrush.Compute.Containers;

/// <summary>The container a job's command runs in; its arguments are then those of the image's entry point.</summary>
/// <param name="Image">The image, by an id or name that the engine has.</param>
public sealed record JobContainer(string Image)
{
    /// <summary>What to run instead of the image's entry point; null keeps that.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Whether the job gets no network at all.</summary>
    public bool IsNetworkIsolated { get; init; }

    /// <summary>The port it serves at, if it serves: it is published on a free port of the loopback address where the network is not the host's own.</summary>
    public int? Port { get; init; }

    /// <summary>Names what it is for, in the engine's lists: <c>training-job/NAME</c>.</summary>
    public required string Purpose { get; init; }
}
