namespace Sagebrush.Services.Training.Input;

/// <summary>What goes through a pipe without being torn apart: an object, or the attributes of a manifest's line.</summary>
/// <param name="Parts">Its parts.</param>
internal sealed record PipeEntry(IReadOnlyList<PipePart> Parts);
