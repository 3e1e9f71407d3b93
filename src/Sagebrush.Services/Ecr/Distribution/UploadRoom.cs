using System.Globalization;

using Microsoft.AspNetCore.Http;

using Sagebrush.Services.Ecr.Access;
using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;
using Sagebrush.State.Resources;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>Layers on their way in: at once, in a stream, in chunks, or from another repository without their bytes.</summary>
internal sealed class UploadRoom(Repositories repositories, LayerStore layers, PushTarget targets)
{
    /// <summary><c>POST /v2/NAME/blobs/uploads/</c>.</summary>
    public async ValueTask BeginAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        if (!HttpMethods.IsPost(call.Request.Method))
        {
            throw DistributionErrors.Unsupported();
        }

        await call.AuthorizeAsync("InitiateLayerUpload", cancellationToken);
        var repository = await targets.GetAsync(call, cancellationToken);
        if (call.Request.Query["mount"].ToString() is { Length: > 0 } mount && await TryMountAsync(call, repository, mount, cancellationToken))
        {
            return;
        }

        if (call.Request.Query["digest"].ToString() is { Length: > 0 } text)
        {
            var digest = Digest(text);
            await call.AuthorizeAsync("CompleteLayerUpload", cancellationToken);
            RequireRoom(call.Request.ContentLength ?? 0);
            await layers.AddAsync(repository, call.Request.Body, digest, cancellationToken);
            AnswerCreated(call, digest);
            return;
        }

        AnswerUpload(call, await layers.BeginUploadAsync(repository, cancellationToken), 0, StatusCodes.Status202Accepted);
    }

    /// <summary>Everything about one upload: <c>GET</c> tells how far it is, <c>PATCH</c> goes on, <c>PUT</c> ends it, <c>DELETE</c> gives it up.</summary>
    public async ValueTask HandleAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        var method = call.Request.Method;
        await call.AuthorizeAsync(HttpMethods.IsPut(method) ? "CompleteLayerUpload" : "UploadLayerPart", cancellationToken);
        var repository = await repositories.GetAsync(call.Context.AccountId, call.Context.Region, call.Route.Repository, cancellationToken);
        if (!Guid.TryParseExact(call.Route.Reference, "D", out var id))
        {
            throw new DistributionException("BLOB_UPLOAD_UNKNOWN", "no such upload in the repository", StatusCodes.Status404NotFound);
        }

        if (HttpMethods.IsGet(method))
        {
            AnswerUpload(call, id, await layers.UploadedAsync(repository, id, cancellationToken), StatusCodes.Status204NoContent);
        }
        else if (HttpMethods.IsPatch(method))
        {
            using var upload = await layers.TakeUploadAsync(repository, id, cancellationToken);
            await AppendAsync(call, upload, cancellationToken);
            AnswerUpload(call, id, upload.Length, StatusCodes.Status202Accepted);
        }
        else if (HttpMethods.IsPut(method))
        {
            var digest = Digest(call.Request.Query["digest"].ToString());
            using var upload = await layers.TakeUploadAsync(repository, id, cancellationToken);
            await AppendAsync(call, upload, cancellationToken);
            await layers.CompleteAsync(repository, upload, digest, cancellationToken);
            AnswerCreated(call, digest);
        }
        else if (HttpMethods.IsDelete(method))
        {
            await layers.CancelUploadAsync(repository, id, cancellationToken);
            call.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            throw DistributionErrors.Unsupported();
        }
    }

    private static async ValueTask AppendAsync(DistributionCall call, BlobUpload upload, CancellationToken cancellationToken)
    {
        var begin = upload.Length;
        var expected = call.Request.ContentLength;
        if (call.Request.Headers.ContentRange.ToString() is { Length: > 0 } range)
        {
            var (first, last) = ReadRange(range);
            if (first != begin || (expected is { } length && length != last - first + 1))
            {
                throw OutOfOrder(call, upload);
            }

            expected = last - first + 1;
        }

        RequireRoom(begin + (expected ?? 0));
        await upload.AppendAsync(call.Request.Body, LayerStore.MaxSize, cancellationToken);
        if (expected is { } wanted && upload.Length - begin != wanted)
        {
            throw new DistributionException("SIZE_INVALID", $"{upload.Length - begin} bytes came instead of {wanted}; the upload goes on at byte {upload.Length}");
        }
    }

    /// <summary>Refuses a layer that says it is too large before its bytes come.</summary>
    private static void RequireRoom(long length)
    {
        if (length > LayerStore.MaxSize)
        {
            throw new BlobTooLargeException(LayerStore.MaxSize);
        }
    }

    // "0-99", and also "bytes 0-99/*" as HTTP itself would have it.
    private static (long First, long Last) ReadRange(string range)
    {
        var text = range.AsSpan().Trim();
        text = text.StartsWith("bytes ", StringComparison.Ordinal) ? text["bytes ".Length..] : text;
        text = text.IndexOf('/') is var slash and >= 0 ? text[..slash] : text;
        var dash = text.IndexOf('-');
        return dash > 0
            && long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last) && last >= first
            ? (first, last)
            : throw new DistributionException("BLOB_UPLOAD_INVALID", $"'{range}' is no range: Content-Range is FIRST-LAST");
    }

    private async ValueTask<bool> TryMountAsync(DistributionCall call, Stored<RepositoryDocument> repository, string mount, CancellationToken cancellationToken)
    {
        var digest = Digest(mount);
        var from = call.Request.Query["from"].ToString();
        if (!ImageName.IsRepository(from)
            || await repositories.FindAsync(call.Context.AccountId, call.Context.Region, from, cancellationToken) is not { } source
            || !await call.MayAsync("GetDownloadUrlForLayer", from, cancellationToken)
            || !await layers.TryMountAsync(source, repository, digest, cancellationToken))
        {
            // An upload begins instead, as the specification says.
            return false;
        }

        AnswerCreated(call, digest);
        return true;
    }

    private static BlobDigest Digest(string text) => BlobDigest.TryParse(text, out var digest) ? digest : throw DistributionErrors.DigestInvalid();

    private static DistributionException OutOfOrder(DistributionCall call, BlobUpload upload) =>
        new("BLOB_UPLOAD_INVALID", $"chunks come one after another: the upload goes on at byte {upload.Length}", StatusCodes.Status416RangeNotSatisfiable)
        {
            Headers = new Dictionary<string, string> { ["Location"] = Location(call, upload.Id), ["Range"] = Range(upload.Length) },
        };

    private static void AnswerUpload(DistributionCall call, Guid id, long length, int statusCode)
    {
        call.Response.StatusCode = statusCode;
        call.Response.Headers.Location = Location(call, id);
        call.Response.Headers["Docker-Upload-UUID"] = id.ToString("D");
        call.Response.Headers.Range = Range(length);
    }

    private static void AnswerCreated(DistributionCall call, BlobDigest digest)
    {
        call.Response.StatusCode = StatusCodes.Status201Created;
        call.Response.Headers.Location = $"/v2/{call.Route.Repository}/blobs/{digest}";
        call.Response.Headers["Docker-Content-Digest"] = digest.Text;
    }

    // Without host: clients reach the server by various names.
    private static string Location(DistributionCall call, Guid id) => $"/v2/{call.Route.Repository}/blobs/uploads/{id:D}";

    private static string Range(long length) => string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, length - 1)}");
}
