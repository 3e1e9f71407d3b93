using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sagebrush.Services.Training.Input;

/// <summary>What the program that fills a host's pipes has to do.</summary>
/// <param name="Channels">The channels.</param>
internal sealed record PipePlan(IReadOnlyList<PipeChannel> Channels)
{
    /// <summary>Reads a plan.</summary>
    public static PipePlan Load(string path) => JsonSerializer.Deserialize(File.ReadAllBytes(path), PipePlanJson.Default.PipePlan)!;

    /// <summary>Writes it; it appears whole.</summary>
    public void Save(string path)
    {
        File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(this, PipePlanJson.Default.PipePlan));
        File.Move(path + ".new", path, overwrite: true);
    }
}

/// <summary>Writes and reads plans.</summary>
[JsonSerializable(typeof(PipePlan))]
internal sealed partial class PipePlanJson : JsonSerializerContext;
