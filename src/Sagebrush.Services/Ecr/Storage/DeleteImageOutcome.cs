namespace Sagebrush.Services.Ecr.Storage;

/// <summary>How deleting an image ended.</summary>
/// <param name="Tags">The tags that went with it.</param>
/// <param name="Holders">The indexes that hold on to it, which therefore stays; usually none.</param>
internal sealed record DeleteImageOutcome(IReadOnlyList<string> Tags, IReadOnlyList<string> Holders);
