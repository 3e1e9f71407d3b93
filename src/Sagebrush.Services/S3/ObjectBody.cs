using Microsoft.AspNetCore.Http;
using Sagebrush.State.Objects;
using Sagebrush.Wire.Http;

namespace Sagebrush.Services.S3;

/// <summary>The bytes of an answer, read from the disk straight into the connection's own buffers.</summary>
internal sealed class ObjectBody(ObjectReader reader, in ObjectSlice slice) : ObjectReaderStream(reader, slice.Offset, slice.Length), IResponseBody
{
    /// <summary>
    /// Large enough that a read of the page cache outweighs its hop to another thread, small enough that several fit the pipe's
    /// own allowance before it must flush.
    /// </summary>
    private const int ChunkSize = 256 * 1024;

    private readonly ObjectReader _reader = reader;
    private readonly ObjectSlice _slice = slice;

    public async Task WriteToAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        var writer = response.BodyWriter;
        var end = _slice.Offset + _slice.Length;
        for (var offset = _slice.Offset; offset < end;)
        {
            var wanted = (int)Math.Min(end - offset, ChunkSize);
            var read = await _reader.ReadAsync(offset, writer.GetMemory(wanted)[..wanted], cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"The object '{_reader.Info.Key}' is shorter than the index says.");
            }

            writer.Advance(read);
            offset += read;
            var flushed = await writer.FlushAsync(cancellationToken);
            if (flushed.IsCompleted)
            {
                // The client is gone.
                return;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader.Dispose();
        }

        base.Dispose(disposing);
    }
}
