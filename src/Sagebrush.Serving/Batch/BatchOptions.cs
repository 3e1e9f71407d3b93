namespace Sagebrush.Serving.Batch;

/// <summary>How files are sent through a model.</summary>
public sealed record BatchOptions
{
    /// <summary>Bytes of a mebibyte, in which payloads are bounded.</summary>
    public const int MiB = 1 << 20;

    /// <summary>The records of a file.</summary>
    public RecordSplit Split { get; init; }

    /// <summary>Whether each request carries one record.</summary>
    public bool SingleRecord { get; init; }

    /// <summary>Most bytes of a request.</summary>
    public int LargestPayload { get; init; } = 6 * MiB;

    /// <summary>Requests in flight at once.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>Whether each answer ends with a line break.</summary>
    public bool AssembleLines { get; init; }

    /// <summary>What the records are.</summary>
    public string? ContentType { get; init; }

    /// <summary>What the answers shall be.</summary>
    public string? Accept { get; init; }

    /// <summary>How long the model may take for a request.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a request is sent again when the model failed to answer it.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>What happens to each record around the model; null when nothing does.</summary>
    public RecordProcessing? Processing { get; init; }
}
