namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Says that a repository has a blob, which others may have as well.</summary>
/// <param name="Repository">The id of the repository.</param>
/// <param name="Digest">The blob.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record LayerDocument(string Repository, string Digest, long Size);
