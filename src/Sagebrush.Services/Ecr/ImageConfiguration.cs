using System.Text.Json;

namespace Sagebrush.Services.Ecr;

/// <summary>What an image's configuration says about how it is run. What it leaves out is empty.</summary>
public sealed record ImageConfiguration
{
    /// <summary>The operating system, such as <c>linux</c>.</summary>
    public string OperatingSystem { get; init; } = "";

    /// <summary>The processor, such as <c>amd64</c>.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The command's fixed beginning.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The command, or its arguments where there is an entry point.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The environment, <c>NAME=VALUE</c> each.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The working directory.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The user, by name or number.</summary>
    public string User { get; init; } = "";

    /// <summary>The labels, such as <c>com.amazonaws.sagemaker.capabilities.multi-models</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Reads a configuration of Docker's or OCI's; empty for one that is neither.</summary>
    internal static ImageConfiguration Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? Read(root, root.TryGetProperty("config", out var config) && config.ValueKind == JsonValueKind.Object ? config : default)
                : new ImageConfiguration();
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // Artifacts may have anything for a configuration.
            return new ImageConfiguration();
        }
    }

    private static ImageConfiguration Read(JsonElement root, JsonElement config) => new()
    {
        OperatingSystem = Text(root, "os"),
        Architecture = Text(root, "architecture"),
        Entrypoint = Texts(config, "Entrypoint"),
        Command = Texts(config, "Cmd"),
        Environment = Texts(config, "Env"),
        WorkingDirectory = Text(config, "WorkingDir"),
        User = Text(config, "User"),
        Labels = config.ValueKind == JsonValueKind.Object && config.TryGetProperty(nameof(Labels), out var labels) && labels.ValueKind == JsonValueKind.Object
            ? labels.EnumerateObject().DistinctBy(label => label.Name).ToDictionary(label => label.Name, label => label.Value.GetString() ?? "", StringComparer.Ordinal)
            : new Dictionary<string, string>(0),
    };

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static List<string> Texts(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];
}
