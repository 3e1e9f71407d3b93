using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Sagebrush.Wire.Signing;

/// <summary>Reads the object out of an aws-chunked body, checking chunk signatures, trailers and the length as it goes.</summary>
/// <remarks>
/// Holds no more than the pipe's own buffer. Bytes are handed on before the signature of their chunk has been seen, so commit nothing
/// until a read returns 0: that read returns only when every signature, the trailers and the length were right.
/// Read only, forward only, asynchronous only; does not own the pipe.
/// </remarks>
public sealed class AwsChunkedStream : ForwardReadStream
{
    private readonly PipeReader _reader;
    private readonly ChunkSignatureChain? _chain;
    private readonly IncrementalHash? _hash;
    private readonly TrailerSection _trailers;
    private readonly long _length;
    private State _state;
    private long _delivered;
    private long _chunkRemaining;
    private string _chunkSignature = string.Empty;

    /// <param name="reader">The body as it crosses the wire.</param>
    /// <param name="terms">What the verified head promised.</param>
    /// <param name="announcedTrailers">The <c>x-amz-trailer</c> header.</param>
    internal AwsChunkedStream(PipeReader reader, in PayloadTerms terms, string announcedTrailers)
    {
        _reader = reader;
        _chain = terms.Chain;
        _hash = _chain is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _length = terms.DecodedLength;
        _trailers = new TrailerSection(
            announcedTrailers, terms.Mode == PayloadMode.SignedChunksWithTrailer ? terms.Chain : null);
    }

    private enum State
    {
        Header,
        Data,
        DataEnd,
        Trailers,
        Done,
    }

    /// <summary>The length of the object, x-amz-decoded-content-length, in bytes.</summary>
    public override long Length => _length;

    /// <summary>The trailers by lower-case name, such as <c>x-amz-checksum-crc32</c>; complete once a read has returned 0.</summary>
    public IReadOnlyDictionary<string, string> Trailers => _trailers.Values;

    /// <inheritdoc/>
    /// <exception cref="PayloadException">The body breaks the framing, a signature or its length.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_state != State.Done)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var rest = result.Buffer;
            int written;
            try
            {
                written = Process(ref rest, buffer.Span, result.IsCompleted);
            }
            catch (PayloadException)
            {
                _reader.AdvanceTo(result.Buffer.End);
                throw;
            }

            var stalled = written < buffer.Length && _state != State.Done;
            _reader.AdvanceTo(rest.Start, stalled ? rest.End : rest.Start);
            if (written > 0)
            {
                return written;
            }

            if (result.IsCanceled)
            {
                throw new OperationCanceledException();
            }

            if (result.IsCompleted && _state != State.Done)
            {
                throw new PayloadException(PayloadError.Incomplete);
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Moves as far as the bytes at hand and the room for output allow.</summary>
    private int Process(ref ReadOnlySequence<byte> rest, Span<byte> target, bool completed)
    {
        var written = 0;
        var moves = true;
        while (moves && _state != State.Done)
        {
            moves = _state switch
            {
                State.Header => TryReadHeader(ref rest),
                State.Data => TryCopyData(ref rest, target[written..], ref written),
                State.DataEnd => TryReadDataEnd(ref rest),
                _ => TryReadTrailer(ref rest, completed),
            };
        }

        return written;
    }

    private bool TryReadHeader(ref ReadOnlySequence<byte> rest)
    {
        Span<byte> line = stackalloc byte[ChunkHeader.MaxLength];
        if (!ChunkLine.TryRead(ref rest, line, PayloadError.MalformedChunk, out var length))
        {
            return false;
        }

        var header = ChunkHeader.Parse(line[..length], signed: _chain is not null);
        _chunkSignature = header.Signature;
        _chunkRemaining = header.Size;
        if (header.Size > _length - _delivered)
        {
            throw new PayloadException(PayloadError.Incomplete, "It is longer than x-amz-decoded-content-length.");
        }

        if (header.Size > 0)
        {
            _state = State.Data;
            return true;
        }

        if (_delivered != _length)
        {
            throw new PayloadException(
                PayloadError.Incomplete,
                string.Create(CultureInfo.InvariantCulture, $"It holds {_delivered} of {_length} bytes in x-amz-decoded-content-length."));
        }

        VerifyChunk();
        _state = State.Trailers;
        return true;
    }

    private bool TryCopyData(ref ReadOnlySequence<byte> rest, Span<byte> target, ref int written)
    {
        var count = (int)Math.Min(Math.Min(_chunkRemaining, rest.Length), target.Length);
        if (count == 0)
        {
            return false;
        }

        rest.Slice(0, count).CopyTo(target);
        _hash?.AppendData(target[..count]);
        rest = rest.Slice(count);
        written += count;
        _delivered += count;
        _chunkRemaining -= count;
        if (_chunkRemaining == 0)
        {
            VerifyChunk();
            _state = State.DataEnd;
        }

        return true;
    }

    private bool TryReadDataEnd(ref ReadOnlySequence<byte> rest)
    {
        Span<byte> end = stackalloc byte[2];
        if (rest.Length < end.Length)
        {
            return false;
        }

        rest.Slice(0, end.Length).CopyTo(end);
        if (!end.SequenceEqual("\r\n"u8))
        {
            throw new PayloadException(PayloadError.MalformedChunk, "A chunk is longer than its header says.");
        }

        rest = rest.Slice(end.Length);
        _state = State.Header;
        return true;
    }

    private bool TryReadTrailer(ref ReadOnlySequence<byte> rest, bool completed)
    {
        Span<byte> line = stackalloc byte[TrailerSection.MaxLength];
        if (ChunkLine.TryRead(ref rest, line, PayloadError.MalformedTrailer, out var length))
        {
            if (_trailers.Add(line[..length]))
            {
                return true;
            }
        }
        else if (!completed || !rest.IsEmpty)
        {
            return false;
        }

        // Some clients leave the closing empty line out.
        _trailers.Complete();
        _state = State.Done;
        return true;
    }

    private void VerifyChunk()
    {
        if (_chain is null)
        {
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash!.GetHashAndReset(hash);
        ChunkSignature.Verify(_chain.SignChunk(hash), _chunkSignature);
    }
}
