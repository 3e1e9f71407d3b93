namespace Sagebrush.State.Logs;

/// <summary>Which events of a group's streams to find. All conditions must hold.</summary>
public sealed record LogFilter
{
    /// <summary>The group.</summary>
    public required LogGroupKey Group { get; init; }

    /// <summary>The streams to search; null for those with the prefix. Names the group does not have are ignored.</summary>
    public IReadOnlyList<string>? Streams { get; init; }

    /// <summary>How the stream's name begins.</summary>
    public string StreamPrefix { get; init; } = "";

    /// <inheritdoc cref="LogRead.StartTime"/>
    public long StartTime { get; init; }

    /// <inheritdoc cref="LogRead.EndTime"/>
    public long EndTime { get; init; } = long.MaxValue;

    /// <summary>Tells whether a message matches; null for all.</summary>
    public Func<string, bool>? Match { get; init; }

    /// <summary>What <see cref="Match"/> was made from: page tokens are bound to it.</summary>
    public string Pattern { get; init; } = "";

    /// <summary>Most events to return.</summary>
    public int Limit { get; init; } = 10_000;

    /// <inheritdoc cref="LogRead.MaxBytes"/>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>Most events to look at for one page, matching or not.</summary>
    public int MaxScanned { get; init; } = 100_000;

    /// <summary>The token of the page before; null for the first page.</summary>
    public string? PageToken { get; init; }

    internal string Fingerprint()
    {
        var streams = Streams is null ? "" : string.Concat(Streams.Select(name => $"{name.Length}:{name}"));
        return $"filter|{Group.Account}|{Group.Region}|{Group.Name.Length}:{Group.Name}|{Streams is null}|{streams}"
            + $"|{StreamPrefix.Length}:{StreamPrefix}|{StartTime}|{EndTime}|{Pattern}";
    }
}
