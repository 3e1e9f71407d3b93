namespace Sagebrush.Compute.Execution;

/// <summary>Some lines that were read at once.</summary>
/// <param name="Lines">The lines, oldest first.</param>
/// <param name="NextPosition">The byte position to read on from once these lines are kept.</param>
public sealed record LogBatch(IReadOnlyList<LogLine> Lines, long NextPosition);
