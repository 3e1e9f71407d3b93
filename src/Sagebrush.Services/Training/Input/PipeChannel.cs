namespace Sagebrush.Services.Training.Input;

/// <summary>A channel that comes through pipes, one for each epoch.</summary>
/// <param name="Path">The pipes' path without the epoch: <c>…/input/data/train</c> for <c>train_0</c>, <c>train_1</c>, ….</param>
/// <param name="Entries">What goes through, in order.</param>
internal sealed record PipeChannel(string Path, IReadOnlyList<PipeEntry> Entries)
{
    /// <summary>Whether each part is wrapped as a RecordIO record.</summary>
    public bool IsWrapped { get; init; }

    /// <summary>Whether files are unpacked on the way.</summary>
    public bool IsGzip { get; init; }

    /// <summary>Seeds the order, which is another one each epoch; null keeps it.</summary>
    public long? Seed { get; init; }

    /// <summary>With a seed: of so many hosts each gets other entries, another part each epoch.</summary>
    public int HostCount { get; init; } = 1;

    /// <summary>With a seed: the host's number from 0.</summary>
    public int HostIndex { get; init; }

    /// <summary>The entries of an epoch.</summary>
    public IReadOnlyList<PipeEntry> Epoch(int number)
    {
        if (Seed is not { } seed)
        {
            return Entries;
        }

        // Every host draws the same order, and takes its own part of it.
        PipeEntry[] order = [.. Entries];
        new Random(HashCode(seed, number)).Shuffle(order);
        return HostCount == 1 ? order : [.. order.Where((_, i) => i % HostCount == HostIndex)];
    }

    private static int HashCode(long seed, int epoch) => unchecked((int)((((ulong)seed + (ulong)epoch) * 0x9E3779B97F4A7C15) >> 32));
}
