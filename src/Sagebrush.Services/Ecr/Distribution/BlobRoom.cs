using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

using Sagebrush.Services.Ecr.Storage;
using Sagebrush.State.Blobs;

namespace Sagebrush.Services.Ecr.Distribution;

/// <summary>Layers and configurations on their way out.</summary>
internal sealed class BlobRoom(Repositories repositories, LayerStore layers)
{
    // A read of the page cache outweighs its hop to another thread, and several fit the connection's own allowance.
    private const int ChunkSize = 256 * 1024;

    /// <summary>Everything at <c>/v2/NAME/blobs/DIGEST</c>.</summary>
    public async ValueTask HandleAsync(DistributionCall call, CancellationToken cancellationToken)
    {
        var method = call.Request.Method;
        var isHead = HttpMethods.IsHead(method);
        if (!isHead && !HttpMethods.IsGet(method) && !HttpMethods.IsDelete(method))
        {
            throw DistributionErrors.Unsupported();
        }

        // Pushing clients ask what is there as well as pulling ones.
        if (!isHead || !await call.MayAsync("BatchCheckLayerAvailability", call.Route.Repository, cancellationToken))
        {
            await call.AuthorizeAsync(HttpMethods.IsDelete(method) ? "BatchDeleteImage" : "GetDownloadUrlForLayer", cancellationToken);
        }

        var repository = await repositories.GetAsync(call.Context.AccountId, call.Context.Region, call.Route.Repository, cancellationToken);
        if (!BlobDigest.TryParse(call.Route.Reference, out var digest))
        {
            throw DistributionErrors.DigestInvalid();
        }

        if (HttpMethods.IsDelete(method))
        {
            // Layers belong to images: the sweep takes those of none.
            throw DistributionErrors.Unsupported();
        }

        if (await layers.FindAsync(repository, digest, cancellationToken) is not { } size)
        {
            throw DistributionErrors.BlobUnknown();
        }

        var response = call.Response;
        response.ContentType = "application/octet-stream";
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = $"\"{digest}\"";
        response.Headers["Docker-Content-Digest"] = digest.Text;
        if (isHead)
        {
            response.ContentLength = size;
            return;
        }

        using var file = layers.Blobs.TryOpen(digest) ?? throw DistributionErrors.BlobUnknown();
        var (offset, length) = Slice(call, size);
        response.ContentLength = length;
        await SendAsync(file, offset, length, response, cancellationToken);
    }

    private static (long Offset, long Length) Slice(DistributionCall call, long size)
    {
        if (call.Request.GetTypedHeaders().Range is not { Unit.Value: "bytes", Ranges.Count: 1 } header)
        {
            return (0, size);
        }

        var range = header.Ranges.Single();
        var first = range.From ?? Math.Max(0, size - range.To!.Value);
        var last = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        if (first > last)
        {
            throw new DistributionException("RANGE_INVALID", $"the blob has {size} bytes", StatusCodes.Status416RangeNotSatisfiable)
            {
                Headers = new Dictionary<string, string> { ["Content-Range"] = $"bytes */{size}" },
            };
        }

        call.Response.StatusCode = StatusCodes.Status206PartialContent;
        call.Response.Headers.ContentRange = $"bytes {first}-{last}/{size}";
        return (first, last - first + 1);
    }

    private static async Task SendAsync(SafeFileHandle file, long offset, long length, HttpResponse response, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        for (var end = offset + length; offset < end;)
        {
            var wanted = (int)Math.Min(end - offset, ChunkSize);
            var read = await RandomAccess.ReadAsync(file, writer.GetMemory(wanted)[..wanted], offset, cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException("A blob is shorter than its record says.");
            }

            writer.Advance(read);
            offset += read;
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
            {
                // The client is gone.
                return;
            }
        }
    }
}
