namespace Sagebrush.Services.Ecr.Storage;

/// <summary>How putting an image ended.</summary>
/// <param name="Image">The image as it is stored.</param>
/// <param name="Changed">Whether anything is different now.</param>
internal sealed record PutImageOutcome(ImageDocument Image, bool Changed);
