namespace Sagebrush.State.Objects;

/// <summary>A version of an object, or a delete marker, in a listing.</summary>
/// <param name="Object">What a listing of objects says of it; a delete marker has neither size nor ETag.</param>
/// <param name="VersionId">The version.</param>
/// <param name="IsLatest">Whether it is what a reader gets who names no version.</param>
/// <param name="IsDeleteMarker">Whether it stands for a deletion.</param>
public readonly record struct ListedVersion(ListedObject Object, string VersionId, bool IsLatest, bool IsDeleteMarker);
