using Sagebrush.Services.Ecr.Access;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>What a path below <c>/v2/</c> is about.</summary>
/// <param name="Kind">The kind of thing.</param>
/// <param name="Repository">The repository's name; empty where the path names none.</param>
/// <param name="Reference">The digest, tag or upload; empty where the path names none.</param>
internal readonly record struct DistributionRoute(DistributionResource Kind, string Repository = "", string Reference = "")
{
    /// <summary>Reads a path, percent-encoded as it crossed the wire.</summary>
    /// <exception cref="DistributionException">It names nothing, or no repository could have that name.</exception>
    public static DistributionRoute Parse(string path)
    {
        // Read from its end, for repositories may be called like the rooms of a repository.
        var rest = Uri.UnescapeDataString(path["/v2".Length..]).TrimStart('/');
        var parts = rest.Split('/');
        var route = rest.Length == 0 ? new DistributionRoute(DistributionResource.Base)
            : rest == "_catalog" ? new DistributionRoute(DistributionResource.Catalog)
            : parts switch
            {
                [.. { Length: > 0 } name, "tags", "list"] => new(DistributionResource.Tags, Join(name)),
                [.. { Length: > 0 } name, "manifests", var reference] => new(DistributionResource.Manifest, Join(name), reference),
                [.. { Length: > 0 } name, "referrers", var digest] => new(DistributionResource.Referrers, Join(name), digest),
                [.. { Length: > 0 } name, "blobs", "uploads"] => new(DistributionResource.Uploads, Join(name)),
                [.. { Length: > 0 } name, "blobs", "uploads", ""] => new(DistributionResource.Uploads, Join(name)),
                [.. { Length: > 0 } name, "blobs", "uploads", var id] => new(DistributionResource.Upload, Join(name), id),
                [.. { Length: > 0 } name, "blobs", var digest] => new(DistributionResource.Blob, Join(name), digest),
                _ => throw new DistributionException("NOT_FOUND", "the registry has nothing at this path", Microsoft.AspNetCore.Http.StatusCodes.Status404NotFound),
            };
        return route.Repository.Length == 0 || ImageName.IsRepository(route.Repository)
            ? route
            : throw new DistributionException("NAME_INVALID", "repositories' names have 2 to 256 lower-case letters, digits and single . _ - / between them");
    }

    private static string Join(string[] parts) => string.Join('/', parts);
}
