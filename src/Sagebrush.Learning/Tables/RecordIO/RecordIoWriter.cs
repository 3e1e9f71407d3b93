using System.Buffers.Binary;

namespace Sagebrush.Learning.Tables.RecordIO;

/// <summary>Puts records into RecordIO frames. Not thread-safe.</summary>
/// <remarks>As AWS's Python helpers do: a record is one frame, whatever its bytes are.</remarks>
/// <param name="stream">Where they go; it is left open.</param>
/// <param name="bufferSize">Bytes to write at a time.</param>
public sealed class RecordIoWriter(Stream stream, int bufferSize = 1 << 18) : IDisposable
{
    private byte[] _buffer = new byte[bufferSize];
    private int _count;

    /// <summary>What comes before a record of a length, for callers that stream the record itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is too long for a record.</exception>
    public static byte[] Header(long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, RecordIoFormat.MaxLength);
        var header = new byte[RecordIoFormat.HeaderSize];
        WriteHeader(header, (int)length);
        return header;
    }

    /// <summary>What comes after a record of a length.</summary>
    public static ReadOnlySpan<byte> Padding(long length) => "\0\0\0"u8[..(int)(-length & 3)];

    /// <summary>Writes one record.</summary>
    public void Write(ReadOnlySpan<byte> record)
    {
        record.CopyTo(Begin(record.Length));
        End();
    }

    /// <summary>Makes room for a record of a known length, to be filled by the caller before <see cref="End"/>.</summary>
    internal Span<byte> Begin(int length)
    {
        if (length > RecordIoFormat.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "A record has less than 2^29 bytes.");
        }

        var framed = RecordIoFormat.HeaderSize + RecordIoFormat.Padded(length);
        if (_buffer.Length - _count < framed)
        {
            Flush();
            if (_buffer.Length < framed)
            {
                _buffer = new byte[framed];
            }
        }

        var frame = _buffer.AsSpan(_count, framed);
        WriteHeader(frame, length);
        frame[(RecordIoFormat.HeaderSize + length)..].Clear();
        _count += framed;
        return frame.Slice(RecordIoFormat.HeaderSize, length);
    }

    /// <summary>Ends a record.</summary>
    internal void End()
    {
        if (_count >= _buffer.Length / 2)
        {
            Flush();
        }
    }

    /// <summary>Hands what is buffered to the stream.</summary>
    public void Flush()
    {
        stream.Write(_buffer.AsSpan(0, _count));
        _count = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Flush();

    private static void WriteHeader(Span<byte> header, int length)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, RecordIoFormat.Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], length);
    }
}
