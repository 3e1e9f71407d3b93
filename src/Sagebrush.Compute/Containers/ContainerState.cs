using System.Globalization;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Containers;

/// <summary>A container as its engine describes it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">Such as <c>created</c>, <c>running</c>, <c>exited</c>.</param>
/// <param name="ProcessId">Its first process by the engine's machine's count; 0 when it does not run.</param>
/// <param name="ExitCode">How it ended, if it has.</param>
/// <param name="OutOfMemory">Whether the engine saw the memory limit kill one of its processes.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="FinishedAt">When it ended.</param>
public sealed record ContainerState(
    string Id, string Status, int ProcessId, int ExitCode, bool OutOfMemory, DateTimeOffset StartedAt, DateTimeOffset FinishedAt)
{
    /// <summary>Ports of this machine that lead to ports of the container, by the latter.</summary>
    public IReadOnlyDictionary<int, int> Ports { get; init; } = new Dictionary<int, int>();

    /// <summary>Whether it was made and never started.</summary>
    public bool IsNew => Status is "created" or "configured" or "initialized";

    /// <summary>Whether it has started and ended.</summary>
    public bool HasEnded => Status is "exited" or "stopped" or "dead" or "removing";

    internal static ContainerState Parse(JsonNode json)
    {
        var state = json["State"]!;
        return new ContainerState(
            (string)json[nameof(Id)]!,
            (string?)state[nameof(Status)] ?? string.Empty,
            (int?)state["Pid"] ?? 0,
            (int?)state[nameof(ExitCode)] ?? 0,
            (bool?)state["OOMKilled"] ?? false,
            Time(state[nameof(StartedAt)]),
            Time(state[nameof(FinishedAt)]))
        {
            Ports = ParsePorts(json["NetworkSettings"]?[nameof(Ports)] as JsonObject),
        };
    }

    private static DateTimeOffset Time(JsonNode? node) =>
        DateTimeOffset.TryParse((string?)node, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    // {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "33081"}], …}
    private static Dictionary<int, int> ParsePorts(JsonObject? json)
    {
        var ports = new Dictionary<int, int>();
        foreach (var (name, bindings) in json ?? [])
        {
            if (int.TryParse(name.Split('/')[0], CultureInfo.InvariantCulture, out var inside)
                && bindings is JsonArray { Count: > 0 } list
                && int.TryParse((string?)list[0]!["HostPort"], CultureInfo.InvariantCulture, out var outside))
            {
                ports[inside] = outside;
            }
        }

        return ports;
    }
}
