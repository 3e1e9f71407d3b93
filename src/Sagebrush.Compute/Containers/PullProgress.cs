using System.Globalization;
using System.Text.Json.Nodes;

namespace Sagebrush.Compute.Containers;

/// <summary>How much of an image has come: a sum over its layers, of those that tell.</summary>
internal sealed class PullProgress
{
    private readonly Dictionary<string, (long Current, long Total)> _layers = new(StringComparer.Ordinal);

    /// <summary>Learns from a message of the engine.</summary>
    public void Add(JsonNode message)
    {
        if ((string?)message["id"] is { } layer && message["progressDetail"] is JsonObject detail && detail["total"] is { } total)
        {
            _layers[layer] = ((long?)detail["current"] ?? 0, (long)total);
        }
    }

    /// <summary>In words for a job's status: <c>12.3 of 80.0 MB</c>; empty as long as nothing is known.</summary>
    public override string ToString()
    {
        var total = _layers.Values.Sum(layer => layer.Total);
        return total == 0
            ? string.Empty
            : string.Create(CultureInfo.InvariantCulture, $"{_layers.Values.Sum(layer => layer.Current) / 1e6:0.0} of {total / 1e6:0.0} MB");
    }
}
