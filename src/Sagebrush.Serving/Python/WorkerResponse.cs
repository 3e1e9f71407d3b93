namespace Sagebrush.Serving.Python;

/// <summary>What a worker answered.</summary>
internal readonly record struct WorkerResponse(int Status, string ContentType, byte[] Body);
