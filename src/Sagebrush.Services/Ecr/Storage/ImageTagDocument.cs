namespace Sagebrush.Services.Ecr.Storage;

/// <summary>A tag: the one place that says which image it is on, so that moving it is one write.</summary>
internal sealed record ImageTagDocument(string Repository, string Tag, string Digest);
