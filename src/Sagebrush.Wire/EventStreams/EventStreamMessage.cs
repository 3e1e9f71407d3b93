using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Sagebrush.Wire.EventStreams;

/// <summary>The framing of <c>application/vnd.amazon.eventstream</c>: lengths, headers, payload, and a CRC-32 of each part.</summary>
public static class EventStreamMessage
{
    /// <summary>The content type of a stream of such messages.</summary>
    public const string ContentType = "application/vnd.amazon.eventstream";

    /// <summary>The longest payload AWS's clients take, in bytes.</summary>
    public const int LongestPayload = 16 * 1024 * 1024;

    // Total length, length of the headers, and the checksum of both.
    private const int Prelude = 12;
    private const int Checksum = 4;
    private const byte TextHeader = 7;

    /// <summary>Appends a message.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="headers">Names of at most 255 bytes and values of at most 32,767, both in UTF-8.</param>
    /// <param name="payload">At most <see cref="LongestPayload"/> bytes.</param>
    public static void Write(
        IBufferWriter<byte> output, ReadOnlySpan<(string Name, string Value)> headers, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, LongestPayload);
        var headerBytes = 0;
        foreach (var (name, value) in headers)
        {
            var (names, values) = (Encoding.UTF8.GetByteCount(name), Encoding.UTF8.GetByteCount(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(names, byte.MaxValue, nameof(headers));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(values, short.MaxValue, nameof(headers));
            headerBytes += names + values + 4;
        }

        var length = Prelude + headerBytes + payload.Length + Checksum;
        var message = output.GetSpan(length)[..length];
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        BinaryPrimitives.WriteInt32BigEndian(message[4..], headerBytes);
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Crc32.Of(message[..8]));
        var rest = message[Prelude..];
        foreach (var (name, value) in headers)
        {
            var written = Encoding.UTF8.GetBytes(name, rest[1..]);
            rest[0] = (byte)written;
            rest = rest[(1 + written)..];
            written = Encoding.UTF8.GetBytes(value, rest[3..]);
            rest[0] = TextHeader;
            BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)written);
            rest = rest[(3 + written)..];
        }

        payload.CopyTo(rest);
        BinaryPrimitives.WriteUInt32BigEndian(message[^Checksum..], Crc32.Of(message[..^Checksum]));
        output.Advance(length);
    }
}
