using System.Globalization;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Containers;

/// <summary>A container to be made.</summary>
public sealed record ContainerRequest
{
    /// <summary>Its name, which no other container of the engine has.</summary>
    public required string Name { get; init; }

    /// <summary>The image, by an id or name that the engine has.</summary>
    public required string Image { get; init; }

    /// <summary>What to run instead of the image's entry point; null keeps that.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>The arguments of the entry point; null keeps the image's.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Variables, which go before the image's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders of this machine, where the container sees them, and whether it may write there.</summary>
    public IReadOnlyList<(string Source, string Target, bool IsWritable)> Mounts { get; init; } = [];

    /// <summary>The network: <c>none</c>, <c>host</c>, <c>bridge</c> or one of the engine's by name.</summary>
    public required string Network { get; init; }

    /// <summary>Its host name; null leaves that to the engine.</summary>
    public string? HostName { get; init; }

    /// <summary>Names that resolve inside, and their addresses.</summary>
    public IReadOnlyList<(string Name, string Address)> Hosts { get; init; } = [];

    /// <summary>The port to publish on a free port of the loopback address, if any.</summary>
    public int? PublishedPort { get; init; }

    /// <summary>Processors' worth of time; null for all.</summary>
    public double? CpuCount { get; init; }

    /// <summary>Memory in bytes, without swap; null for all.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Shared memory (<c>/dev/shm</c>) in bytes, a part of its memory; null for the engine's default.</summary>
    public long? SharedMemoryBytes { get; init; }

    /// <summary>Processes and threads; null for the engine's default.</summary>
    public int? MaxProcesses { get; init; }

    /// <summary>Labels by which it is found again.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    internal JsonObject ToJson()
    {
        var host = new JsonObject
        {
            ["Binds"] = Strings(Mounts.Select(mount => $"{mount.Source}:{mount.Target}:{(mount.IsWritable ? "rw" : "ro")}")),
            ["NetworkMode"] = Network,
            ["ExtraHosts"] = Strings(Hosts.Select(entry => $"{entry.Name}:{entry.Address}")),

            // Kept whole until it is read: output is followed from here, and read again after a restart.
            ["LogConfig"] = new JsonObject { ["Type"] = "json-file", ["Config"] = new JsonObject() },
            ["SecurityOpt"] = Strings(["no-new-privileges"]),
        };
        var json = new JsonObject
        {
            [nameof(Image)] = Image,
            ["Env"] = Strings(Environment.Select(pair => $"{pair.Key}={pair.Value}")),
            [nameof(Labels)] = new JsonObject(Labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["HostConfig"] = host,
        };
        if (Entrypoint is not null)
        {
            json[nameof(Entrypoint)] = Strings(Entrypoint);
        }

        if (Arguments is not null)
        {
            json["Cmd"] = Strings(Arguments);
        }

        if (HostName is not null)
        {
            json["Hostname"] = HostName;
        }

        if (CpuCount is { } processors)
        {
            host["NanoCpus"] = (long)(processors * 1e9);
        }

        if (MemoryBytes is { } memory)
        {
            host["Memory"] = memory;
            host["MemorySwap"] = memory;
        }

        if (SharedMemoryBytes is { } shared)
        {
            host["ShmSize"] = shared;
        }

        if (MaxProcesses is { } processes)
        {
            host["PidsLimit"] = processes;
        }

        if (PublishedPort is { } port)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{port}/tcp");
            json["ExposedPorts"] = new JsonObject { [name] = new JsonObject() };
            host["PortBindings"] = new JsonObject { [name] = new JsonArray(new JsonObject { ["HostIp"] = "127.0.0.1", ["HostPort"] = string.Empty }) };
        }

        return json;
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode?)value)]);
}
