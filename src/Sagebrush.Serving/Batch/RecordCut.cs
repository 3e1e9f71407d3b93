using System.Buffers.Binary;

namespace Sagebrush.Serving.Batch;

/// <summary>Finds where records end.</summary>
internal static class RecordCut
{
    private const uint RecordIoMagic = 0xCED7230A;
    private const int RecordIoLengthBits = 29;
    private const int TFRecordOverhead = 16;

    /// <summary>The length of the first record in a buffer, its end mark included; 0 when it is not whole yet.</summary>
    /// <exception cref="BatchInputException">These are no such records.</exception>
    public static long First(ReadOnlySpan<byte> buffer, RecordSplit split) => split switch
    {
        RecordSplit.Line => buffer.IndexOf((byte)'\n') + 1,
        RecordSplit.RecordIO => RecordIo(buffer),
        RecordSplit.TFRecord => TFRecord(buffer),
        _ => 0,
    };

    /// <summary>The length of all whole records in a buffer; 0 when the first is not whole yet.</summary>
    /// <exception cref="BatchInputException">These are no such records.</exception>
    public static int All(ReadOnlySpan<byte> buffer, RecordSplit split)
    {
        if (split == RecordSplit.Line)
        {
            return buffer.LastIndexOf((byte)'\n') + 1;
        }

        var end = 0;
        while (First(buffer[end..], split) is var length and > 0 && end + length <= buffer.Length)
        {
            end += (int)length;
        }

        return end;
    }

    // A record that held the magic number itself lies in several frames: whole is 0, and 1, 2, …, 2, 3 belong together.
    private static long RecordIo(ReadOnlySpan<byte> buffer)
    {
        for (var at = 0L; ;)
        {
            if (buffer.Length - at < 8)
            {
                return 0;
            }

            var frame = buffer[(int)at..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != RecordIoMagic)
            {
                throw new BatchInputException("The input is not RecordIO: a record does not begin with RecordIO's magic number.");
            }

            var header = BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]);
            var part = header >> RecordIoLengthBits;
            at += 8 + (((header & ((1u << RecordIoLengthBits) - 1)) + 3) & ~3u);
            if (at > buffer.Length)
            {
                return 0;
            }

            if (part is 0 or 3)
            {
                return at;
            }
        }
    }

    private static long TFRecord(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length < TFRecordOverhead)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
        return length > int.MaxValue - TFRecordOverhead
            ? throw new BatchInputException("The input is not TFRecord: a record's length is over 2 GiB.")
            : (long)length + TFRecordOverhead <= buffer.Length ? (long)length + TFRecordOverhead : 0;
    }
}
