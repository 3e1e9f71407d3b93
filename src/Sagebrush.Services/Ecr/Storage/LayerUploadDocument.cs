namespace Sagebrush.Services.Ecr.Storage;

/// <summary>Says which repository an upload is for.</summary>
internal sealed record LayerUploadDocument(Guid Id, string Repository);
