using System.Text.Json;
using System.Text.Json.Serialization;
using Sagebrush.CommandLine;

namespace Sagebrush.Instance;

/// <summary>What a running server says of itself to other commands on the machine.</summary>
/// <param name="Version">The version of this format, 1.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Url">Where it listens.</param>
/// <param name="Region">The region its resources are in by default.</param>
/// <param name="StartedAt">When it began to listen.</param>
internal sealed record RunningServer(
    [property: JsonRequired] int Version,
    [property: JsonRequired] int ProcessId,
    [property: JsonRequired] Uri Url,
    [property: JsonRequired] string Region,
    [property: JsonRequired] DateTimeOffset StartedAt)
{
    public const int FormatVersion = 1;

    /// <summary>The server that serves a data directory now, or null.</summary>
    /// <remarks>The lock is the proof: a server that was killed leaves its file behind, but no lock.</remarks>
    public static RunningServer? Find(DataDirectory data)
    {
        if (!File.Exists(data.InstanceFile) || !ServerLock.IsHeld(data))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(data.InstanceFile), RunningServerContext.Default.RunningServer) is { Version: FormatVersion } server
                ? server
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            // Between the lock and the first request a server has not said where it is.
            return null;
        }
    }

    /// <summary>The server that serves a data directory now, or an error that says how to start one.</summary>
    public static RunningServer Require(DataDirectory data) =>
        Find(data) ?? throw new CommandException(
            ExitCode.NotRunning, $"no server is running for {data.Path}", $"start one with '{Invocation.Line("up", data)}', or name another data directory with --data DIR");

    /// <summary>Tells other commands where the server is; the file appears whole or not at all.</summary>
    public void Announce(DataDirectory data)
    {
        var temporary = data.InstanceFile + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, RunningServerContext.Default.RunningServer));
        File.Move(temporary, data.InstanceFile, overwrite: true);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(RunningServer))]
internal sealed partial class RunningServerContext : JsonSerializerContext;
