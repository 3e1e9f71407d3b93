namespace Sagebrush.State.Blobs;

/// <summary>Two write to one upload at the same time.</summary>
public sealed class BlobUploadBusyException(Guid id) : Exception($"The upload {id} is being written to by another request.");
