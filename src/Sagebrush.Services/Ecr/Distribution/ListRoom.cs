using System.Globalization;
using System.Text.Json;

using Microsoft.AspNetCore.Http;

using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>Lists: repositories, tags, and what says something about an image. And the answer to who asks whether this is a registry.</summary>
internal sealed class ListRoom(Repositories repositories, ImageStore images)
{
    private const int StorePage = 1000;

    /// <summary><c>GET /v2/</c>.</summary>
    public static ValueTask PingAsync(DistributionCall call, CancellationToken cancellationToken) => WriteAsync(call, static _ => { }, "application/json", cancellationToken);

    /// <summary><c>GET /v2/_catalog</c>.</summary>
    public async ValueTask CatalogAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        await call.AuthorizeAsync("DescribeRepositories", cancellationToken);
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await repositories.ListAsync(call.Context.AccountId, call.Context.Region, StorePage, token, cancellationToken);
            names.AddRange(page.Items.Select(repository => repository.Key.Name));
            token = page.NextToken;
        }
        while (token is not null);
        await WritePageAsync(call, "_catalog", "repositories", null, names, cancellationToken);
    }

    /// <summary><c>GET /v2/NAME/tags/list</c>.</summary>
    public async ValueTask TagsAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        await call.AuthorizeAsync("ListImages", cancellationToken);
        var repository = await FindRepositoryAsync(call, cancellationToken);
        var stored = await images.ListAsync(repository, cancellationToken);
        var tags = stored.Tags.SelectMany(tags => tags).Order(StringComparer.Ordinal).ToList();
        await WritePageAsync(call, $"{repository.Key.Name}/tags/list", "tags", repository.Key.Name, tags, cancellationToken);
    }

    /// <summary><c>GET /v2/NAME/referrers/DIGEST</c>.</summary>
    public async ValueTask ReferrersAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        await call.AuthorizeAsync("BatchGetImage", cancellationToken);
        var repository = await FindRepositoryAsync(call, cancellationToken);
        if (!BlobDigest.TryParse(call.Route.Reference, out var subject))
        {
            throw DistributionErrors.DigestInvalid();
        }

        var type = call.Request.Query["artifactType"].ToString();
        if (type.Length > 0)
        {
            call.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        var referrers = (await images.ReferrersAsync(repository, subject, cancellationToken))
            .Select(image => image.Document).Where(image => type.Length == 0 || image.ArtifactType == type).ToList();
        await WriteAsync(
            call,
            json =>
            {
                json.WriteNumber("schemaVersion", 2);
                json.WriteString("mediaType", ManifestMediaTypes.OciIndex);
                json.WriteStartArray("manifests");
                foreach (var image in referrers)
                {
                    WriteDescriptor(json, image);
                }

                json.WriteEndArray();
            },
            ManifestMediaTypes.OciIndex,
            cancellationToken);
    }

    private static void WriteDescriptor(Utf8JsonWriter json, ImageDocument image)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", image.MediaType);
        json.WriteString("digest", image.Digest);
        json.WriteNumber("size", image.ManifestSize);
        if (image.ArtifactType is { } artifact)
        {
            json.WriteString("artifactType", artifact);
        }

        if (image.Annotations is { Count: > 0 } annotations)
        {
            json.WriteStartObject("annotations");
            foreach (var (name, value) in annotations)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes as much of a sorted list as was asked for, and where it goes on.</summary>
    private static async ValueTask WritePageAsync(
        DistributionCall call, string path, string member, string? name, List<string> all, CancellationToken cancellationToken)
    {
        var query = call.Request.Query;
        var count = int.MaxValue;
        if (query["n"].ToString() is { Length: > 0 } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 0))
        {
            throw new DistributionException("PAGINATION_NUMBER_INVALID", "n is a number from 0 on");
        }

        var last = query["last"].ToString();
        var rest = all.Where(item => last.Length == 0 || string.CompareOrdinal(item, last) > 0).ToList();
        var page = rest.Take(count).ToList();
        if (page.Count < rest.Count && page.Count > 0)
        {
            call.Response.Headers.Link = $"</v2/{path}?last={Uri.EscapeDataString(page[^1])}&n={count}>; rel=\"next\"";
        }

        await WriteAsync(
            call,
            json =>
            {
                if (name is not null)
                {
                    json.WriteString("name", name);
                }

                json.WriteStartArray(member);
                page.ForEach(json.WriteStringValue);
                json.WriteEndArray();
            },
            "application/json",
            cancellationToken);
    }

    private static async ValueTask WriteAsync(DistributionCall call, Action<Utf8JsonWriter> write, string contentType, CancellationToken cancellationToken)
    {
        if (!HttpMethods.IsGet(call.Request.Method) && !HttpMethods.IsHead(call.Request.Method))
        {
            throw DistributionErrors.Unsupported();
        }

        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        call.Response.ContentType = contentType;
        call.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(call.Request.Method))
        {
            await call.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), cancellationToken);
        }
    }

    private ValueTask<Stored<RepositoryDocument>> FindRepositoryAsync(DistributionCall call, CancellationToken cancellationToken) =>
        repositories.GetAsync(call.Context.AccountId, call.Context.Region, call.Route.Repository, cancellationToken);
}
