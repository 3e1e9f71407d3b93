using System.Text;

namespace Sagebrush.Testing.Containers;

/// <summary>The texts of the settings that Podman, Skopeo and Buildah read.</summary>
internal static class PodmanSettings
{
    /// <summary>
    /// Limits that need no rights a container of ours lacks; runc, since crun refuses hybrid control groups; the host's network, since
    /// a bridge needs a firewall that small machines are without.
    /// </summary>
    /// <param name="volumes">Folders of this machine that every container has.</param>
    public static string Containers(IEnumerable<string> volumes) =>
        $"""
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
        cgroups = "enabled"
        netns = "host"
        log_driver = "k8s-file"
        volumes = [{string.Join(", ", volumes.Select(volume => $"\"{volume}\""))}]
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"

        """;

    public static string Storage(string graph, string run) =>
        $"""
        [storage]
        driver = "overlay"
        graphroot = "{graph}"
        runroot = "{run}"

        """;

    public static string Registries(IEnumerable<string> registries)
    {
        var text = new StringBuilder("unqualified-search-registries = []\n");
        foreach (var registry in registries)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"[[registry]]\nlocation = \"{registry}\"\ninsecure = true\n");
        }

        return text.ToString();
    }
}
