namespace Sagebrush.State.Blobs;

/// <summary>An upload has more bytes than it may.</summary>
public sealed class BlobTooLargeException(long limit) : Exception($"The upload is larger than {limit} bytes.");
