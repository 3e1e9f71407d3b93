using System.Collections.Concurrent;
using System.Globalization;
using Sagebrush.State.Objects;

namespace Sagebrush.Services.Training.Input;

/// <summary>How much of a job's input is there, on all hosts together.</summary>
internal sealed class DownloadProgress
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB"];

    private readonly ConcurrentDictionary<(string Host, string Channel), StageProgress> _channels = [];

    /// <summary>Keeps what a host says of a channel.</summary>
    public void Set(string host, string channel, StageProgress progress) => _channels[(host, channel)] = progress;

    /// <summary>What the status message says.</summary>
    public override string ToString()
    {
        var (bytes, total) = _channels.Values.Aggregate((0L, 0L), (sum, channel) => (sum.Item1 + channel.Bytes, sum.Item2 + channel.TotalBytes));
        return total == 0 ? "Downloading input data" : $"Downloading input data: {Show(bytes)} of {Show(total)}";
    }

    private static string Show(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}
