namespace Sagebrush.Compute.Jobs;

/// <summary>What a job is told about one of its input channels.</summary>
/// <param name="Name">The channel's name, which is also its folder's.</param>
public sealed record JobChannel(string Name)
{
    /// <summary>The MIME type of the data, when the request gave one.</summary>
    public string? ContentType { get; init; }

    /// <summary><c>File</c>, <c>FastFile</c> or <c>Pipe</c>.</summary>
    public string InputMode { get; init; } = "File";

    /// <summary><c>FullyReplicated</c> or <c>ShardedByS3Key</c>.</summary>
    public string Distribution { get; init; } = "FullyReplicated";

    /// <summary><c>None</c> or <c>RecordIO</c>.</summary>
    public string RecordWrapper { get; init; } = "None";
}
