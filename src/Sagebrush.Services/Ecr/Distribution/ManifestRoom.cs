using System.Buffers;

using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

using Sagebrush.Services.Ecr.Access;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>Manifests in and out, by tag or digest.</summary>
internal sealed class ManifestRoom(Repositories repositories, ImageStore images, PushTarget targets)
{
    /// <summary>Everything at <c>/v2/NAME/manifests/REFERENCE</c>.</summary>
    public ValueTask HandleAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        var reference = call.Route.Reference;
        if (reference.Contains(':', StringComparison.Ordinal) ? !BlobDigest.TryParse(reference, out _) : !ImageName.IsTag(reference))
        {
            throw reference.Contains(':', StringComparison.Ordinal)
                ? DistributionErrors.DigestInvalid()
                : new DistributionException("TAG_INVALID", "a tag has 1 to 128 letters, digits, dots, dashes and underscores, and begins with none of the first two signs");
        }

        var method = call.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? GetAsync(call, cancellationToken)
            : HttpMethods.IsPut(method) ? PutAsync(call, cancellationToken)
            : HttpMethods.IsDelete(method) ? DeleteAsync(call, cancellationToken)
            : throw DistributionErrors.Unsupported();
    }

    private async ValueTask GetAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        await call.AuthorizeAsync("BatchGetImage", cancellationToken);
        var repository = await FindRepositoryAsync(call, cancellationToken);
        var image = (await images.FindByReferenceAsync(repository, call.Route.Reference, cancellationToken))?.Document
            ?? throw DistributionErrors.ManifestUnknown(call.Route.Reference);
        call.Response.ContentType = image.MediaType;
        call.Response.ContentLength = image.ManifestSize;
        call.Response.Headers["Docker-Content-Digest"] = image.Digest;
        call.Response.Headers.ETag = $"\"{image.Digest}\"";
        if (HttpMethods.IsGet(call.Request.Method))
        {
            var content = await images.ReadManifestAsync(image, cancellationToken) ?? throw DistributionErrors.ManifestUnknown(call.Route.Reference);
            await images.NotePullAsync(repository, image, cancellationToken);
            await call.Response.Body.WriteAsync(content, cancellationToken);
        }
    }

    private async ValueTask PutAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        await call.AuthorizeAsync("PutImage", cancellationToken);
        var repository = await targets.GetAsync(call, cancellationToken);
        var content = await ReadAsync(call.Request, cancellationToken);
        var mediaType = MediaTypeHeaderValue.TryParse(call.Request.ContentType, out var announced) ? announced.MediaType.Value : null;
        var isDigest = BlobDigest.TryParse(call.Route.Reference, out var digest);
        var outcome = await images.PutAsync(repository, content, mediaType, isDigest ? null : call.Route.Reference, isDigest ? digest : null, cancellationToken);
        call.Response.StatusCode = StatusCodes.Status201Created;
        call.Response.Headers.Location = $"/v2/{repository.Key.Name}/manifests/{outcome.Image.Digest}";
        call.Response.Headers["Docker-Content-Digest"] = outcome.Image.Digest;
        if (outcome.Image.Subject is { } subject)
        {
            call.Response.Headers["OCI-Subject"] = subject;
        }
    }

    private async ValueTask DeleteAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        await call.AuthorizeAsync("BatchDeleteImage", cancellationToken);
        var repository = await FindRepositoryAsync(call, cancellationToken);
        if (!BlobDigest.TryParse(call.Route.Reference, out var digest))
        {
            if (!await images.UntagAsync(repository, call.Route.Reference, cancellationToken))
            {
                throw DistributionErrors.ManifestUnknown(call.Route.Reference);
            }
        }
        else
        {
            var outcome = await images.DeleteAsync(repository, digest.Text, cancellationToken) ?? throw DistributionErrors.ManifestUnknown(call.Route.Reference);
            if (outcome.Holders.Count > 0)
            {
                throw new DistributionException("DENIED", $"the image belongs to the index {outcome.Holders[0]}: delete that first", StatusCodes.Status409Conflict);
            }
        }

        call.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async ValueTask<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > ImageManifest.MaxSize)
        {
            throw TooLarge();
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > ImageManifest.MaxSize)
            {
                // What was read is given back: else the rest of the body could not be skipped, and the client would not hear the answer.
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                var content = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return content;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static DistributionException TooLarge() =>
        new("MANIFEST_INVALID", $"a manifest has {ImageManifest.MaxSize} bytes at most", StatusCodes.Status413PayloadTooLarge);

    private ValueTask<Stored<RepositoryDocument>> FindRepositoryAsync(DistributionCall call, CancellationToken cancellationToken) =>
        repositories.GetAsync(call.Context.AccountId, call.Context.Region, call.Route.Repository, cancellationToken);
}
