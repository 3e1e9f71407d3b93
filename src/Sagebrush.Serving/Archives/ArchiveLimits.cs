namespace Sagebrush.Serving.Archives;

/// <summary>How much an archive may unfold to.</summary>
/// <param name="MaximumBytes">Bytes of all files together, unpacked.</param>
/// <param name="MaximumEntries">Files, folders and links.</param>
public sealed record ArchiveLimits(long MaximumBytes, int MaximumEntries)
{
    /// <summary>50 GiB, SageMaker's own bound for uncompressed models, and a million entries.</summary>
    public static ArchiveLimits Default { get; } = new(50L << 30, 1_000_000);
}
