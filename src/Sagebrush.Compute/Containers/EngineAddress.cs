namespace Sagebrush.Compute.Containers;

/// <summary>Where a container engine listens.</summary>
public static class EngineAddress
{
    private const string Unix = "unix://";

    /// <summary>The sockets to try, the configured one alone or in the order in which Docker's and Podman's own clients would look.</summary>
    /// <param name="configured">What somebody configured; null for nothing.</param>
    public static IReadOnlyList<string> Candidates(string? configured)
    {
        if (configured is { Length: > 0 })
        {
            return [Path(configured)];
        }

        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host)
        {
            return [Path(host)];
        }

        List<string> candidates = ["/var/run/docker.sock", "/run/podman/podman.sock"];
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
        {
            candidates.Add(System.IO.Path.Join(runtime, "podman", "podman.sock"));
        }

        return candidates;
    }

    /// <summary>What to do where no engine answers.</summary>
    public const string Remedy =
        "install Podman (apt-get install podman, then systemctl enable --now podman.socket, or podman system service --time=0 unix:///run/podman/podman.sock) or Docker, "
        + "or name the engine's socket in DOCKER_HOST";

    private static string Path(string address) => address.StartsWith(Unix, StringComparison.Ordinal) ? address[Unix.Length..] : address;
}
