namespace Sagebrush.State.Objects;

/// <summary>The object store refused something for a reason its caller can act on.</summary>
/// <param name="error">The reason.</param>
/// <param name="message">The reason in words, fit for the user.</param>
public sealed class ObjectStoreException(ObjectStoreError error, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public ObjectStoreError Error { get; } = error;

    /// <summary>What the refusal is about, where that is not the object itself: a part number, say. May be null.</summary>
    public string? Subject { get; init; }

    /// <summary>The delete marker that was found in the object's place, if there was one.</summary>
    public ObjectInfo? Marker { get; init; }

    internal static ObjectStoreException NoSuchBucket(string bucket) =>
        new(ObjectStoreError.NoSuchBucket, "The specified bucket does not exist") { Subject = bucket };

    internal static ObjectStoreException NoSuchKey(string key, ObjectInfo? marker = null) =>
        new(ObjectStoreError.NoSuchKey, "The specified key does not exist.") { Subject = key, Marker = marker };

    internal static ObjectStoreException NoSuchVersion(string version) =>
        new(ObjectStoreError.NoSuchVersion, "The specified version does not exist.") { Subject = version };

    internal static ObjectStoreException NoSuchUpload(string uploadId) => new(
        ObjectStoreError.NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
    {
        Subject = uploadId,
    };

    internal static ObjectStoreException PreconditionFailed(string condition) => new(
        ObjectStoreError.PreconditionFailed, "At least one of the pre-conditions you specified did not hold")
    {
        Subject = condition,
    };
}
