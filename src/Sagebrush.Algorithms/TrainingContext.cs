using System.Text.Json;

namespace Sagebrush.Algorithms;

/// <summary>What a built-in algorithm has while it trains.</summary>
public sealed class TrainingContext
{
    /// <summary>The job's folder.</summary>
    public required MlFolder Folder { get; init; }

    /// <summary>The job's log.</summary>
    public required TrainingLog Log { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Hyperparameters as the job gives them, not yet validated.</summary>
    public required IReadOnlyDictionary<string, string> Hyperparameters { get; init; }

    /// <summary>Channels by name.</summary>
    public required IReadOnlyDictionary<string, ChannelConfiguration> Channels { get; init; }

    /// <summary>Names of all hosts of the job, in the order of their ranks.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>Name of this host.</summary>
    public required string CurrentHost { get; init; }

    /// <summary>Where checkpoints go; null when the job keeps none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Reads the job's configuration.</summary>
    /// <remarks>Files that are absent count as empty. Checkpoints are kept when the job configures a path for them or the
    /// folder <c>checkpoints</c> exists.</remarks>
    /// <exception cref="CustomerErrorException">A file is not the JSON it should be.</exception>
    public static TrainingContext Load(MlFolder folder, TrainingLog log, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var hyperparameters = Read(folder, "hyperparameters.json", root => root.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText(),
            StringComparer.Ordinal)) ?? [];
        var channels = Read(folder, "inputdataconfig.json", root => root.EnumerateObject().ToDictionary(
            member => member.Name,
            member => new ChannelConfiguration(
                member.Name,
                folder.Channel(member.Name),
                Text(member.Value, "ContentType"),
                Text(member.Value, "TrainingInputMode") ?? "File",
                Text(member.Value, "S3DistributionType") ?? "FullyReplicated"),
            StringComparer.Ordinal)) ?? [];
        var (host, hosts) = Read(folder, "resourceconfig.json", root => (
            Text(root, "current_host"),
            root.TryGetProperty("hosts", out var names) ? names.EnumerateArray().Select(name => name.GetString()!).ToList() : null));
        var checkpoints = Read(folder, "checkpointconfig.json", root => Text(root, "LocalPath"))
            ?? (Directory.Exists(folder.Checkpoints) ? folder.Checkpoints : null);
        return new()
        {
            Folder = folder,
            Log = log,
            Clock = clock,
            Hyperparameters = hyperparameters,
            Channels = channels,
            Hosts = hosts ?? [host ?? "algo-1"],
            CurrentHost = host ?? "algo-1",
            CheckpointFolder = checkpoints,
        };
    }

    private static T? Read<T>(MlFolder folder, string name, Func<JsonElement, T> convert)
    {
        var path = folder.ConfigurationFile(name);
        if (!File.Exists(path))
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return convert(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CustomerErrorException($"The configuration file {name} is not valid: {e.Message}", e);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
