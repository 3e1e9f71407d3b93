using System.Net.Sockets;

namespace Sagebrush.Doctor;

/// <summary>Is there an engine for containers? Nothing needs one yet, so its absence is no complaint.</summary>
internal static class ContainerCheck
{
    private const string Subject = "containers";

    public static async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var socket in Sockets())
        {
            if (await AnswersAsync(socket, cancellationToken))
            {
                return new(Subject, Health.Good, $"an engine answers at {socket}; jobs run as processes and need none");
            }
        }

        return new(Subject, Health.Good, "no engine answers; none is needed: jobs run as processes");
    }

    private static IEnumerable<string> Sockets()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { } host && host.StartsWith("unix://", StringComparison.Ordinal))
        {
            yield return host["unix://".Length..];
        }

        yield return "/var/run/docker.sock";
        yield return "/run/podman/podman.sock";
        if (Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
        {
            yield return Path.Combine(runtime, "podman", "podman.sock");
        }
    }

    private static async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
