namespace Sagebrush.Algorithms;

/// <summary>How a channel of a job is set up, from <c>inputdataconfig.json</c>.</summary>
/// <param name="Name">For example <c>train</c>.</param>
/// <param name="Folder">Where its files are.</param>
/// <param name="ContentType">Its content type; null when the job names none.</param>
/// <param name="InputMode"><c>File</c>, <c>FastFile</c> or <c>Pipe</c>.</param>
/// <param name="Distribution"><c>FullyReplicated</c> or <c>ShardedByS3Key</c>.</param>
public sealed record ChannelConfiguration(string Name, string Folder, string? ContentType, string InputMode, string Distribution);
