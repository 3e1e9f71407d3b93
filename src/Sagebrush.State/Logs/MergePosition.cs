using System.Buffers.Binary;
using Sagebrush.State.Paging;

namespace Sagebrush.State.Logs;

/// <summary>The place of an event among the events of several streams: by time, then by stream, then by arrival.</summary>
internal readonly record struct MergePosition(long Timestamp, long Stream, long Sequence)
{
    private const int Size = 3 * sizeof(long);

    public static MergePosition Read(ReadOnlySpan<byte> bytes) => bytes.Length == Size
        ? new MergePosition(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]))
        : throw new InvalidPageTokenException();

    public byte[] Write()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Timestamp);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Stream);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Sequence);
        return bytes;
    }

    /// <summary>Behind which place of a stream its events come behind this one.</summary>
    public LogPosition In(long stream) => new(
        Timestamp,
        stream == Stream ? Sequence : stream < Stream ? long.MaxValue : -1);
}
