namespace Sagebrush.Compute.Jobs;

/// <summary>Where a job's checkpoints live, told in <c>checkpointconfig.json</c>.</summary>
/// <param name="S3Uri">Where they are kept.</param>
/// <param name="LocalPath">Where the job reads and writes them.</param>
public sealed record JobCheckpoints(string S3Uri, string LocalPath);
