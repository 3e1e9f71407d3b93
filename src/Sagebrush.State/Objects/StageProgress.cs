namespace Sagebrush.State.Objects;

/// <summary>How far staging has come.</summary>
/// <param name="Files">Files that are there.</param>
/// <param name="TotalFiles">Files there will be.</param>
/// <param name="Bytes">Bytes that are there.</param>
/// <param name="TotalBytes">Bytes there will be.</param>
public readonly record struct StageProgress(int Files, int TotalFiles, long Bytes, long TotalBytes);
