using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Storage;

/// <summary>All images of a repository as they were at one moment, with their tags.</summary>
/// <param name="Images">The images, oldest first.</param>
/// <param name="Tags">Tags in order, by the digests they are on; tags whose image is gone are left out.</param>
internal sealed record StoredImages(IReadOnlyList<Stored<ImageDocument>> Images, ILookup<string, string> Tags);
