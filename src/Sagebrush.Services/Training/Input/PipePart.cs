namespace Sagebrush.Services.Training.Input;

/// <summary>A file's content, or a text.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Text">The text.</param>
internal sealed record PipePart(string? File, string? Text);
