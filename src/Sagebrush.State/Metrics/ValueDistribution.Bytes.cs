using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace Sagebrush.State.Metrics;

/// <content>The stored form: a header byte, then values or bins; whole counts take one byte or a few.</content>
public sealed partial class ValueDistribution
{
    private const byte ExactForm = 1;
    private const byte BinnedForm = 2;

    /// <summary>The stored form.</summary>
    internal byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        if (_exact is { } exact)
        {
            bytes.Write([ExactForm]);
            WriteNumber(bytes, (ulong)exact.Count);
            foreach (var (value, count) in exact)
            {
                WriteDouble(bytes, value);
                WriteCount(bytes, count);
            }

            return bytes.WrittenSpan.ToArray();
        }

        bytes.Write([BinnedForm, (byte)_level]);
        WriteCount(bytes, _zeros);
        WriteBins(bytes, _positive);
        WriteBins(bytes, _negative);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    internal static ValueDistribution FromBytes(ReadOnlySpan<byte> bytes)
    {
        var distribution = new ValueDistribution();
        switch (bytes[0])
        {
            case ExactForm:
                bytes = bytes[1..];
                var length = (int)ReadNumber(ref bytes);
                for (var i = 0; i < length; i++)
                {
                    var value = ReadDouble(ref bytes);
                    distribution._exact!.Add((value, ReadCount(ref bytes)));
                }

                return distribution;
            case BinnedForm:
                distribution._exact = null;
                distribution._level = bytes[1];
                bytes = bytes[2..];
                distribution._zeros = ReadCount(ref bytes);
                ReadBins(ref bytes, distribution._positive);
                ReadBins(ref bytes, distribution._negative);
                return distribution;
            default:
                throw new UnreachableException($"There is no form {bytes[0]} of a distribution.");
        }
    }

    private static void WriteBins(ArrayBufferWriter<byte> bytes, Dictionary<int, double> bins)
    {
        WriteNumber(bytes, (ulong)bins.Count);
        var last = 0;
        foreach (var (index, count) in bins.OrderBy(bin => bin.Key))
        {
            // The first step may go down from zero; all others go up.
            var step = index - last;
            WriteNumber(bytes, (ulong)(uint)((step << 1) ^ (step >> 31)));
            WriteCount(bytes, count);
            last = index;
        }
    }

    private static void ReadBins(ref ReadOnlySpan<byte> bytes, Dictionary<int, double> bins)
    {
        var length = (int)ReadNumber(ref bytes);
        bins.EnsureCapacity(length);
        var index = 0;
        for (var i = 0; i < length; i++)
        {
            var step = (uint)ReadNumber(ref bytes);
            index += (int)(step >> 1) ^ -(int)(step & 1);
            bins[index] = ReadCount(ref bytes);
        }
    }

    // Whole counts as 2n, anything else as the number 1 and eight bytes.
    private static void WriteCount(ArrayBufferWriter<byte> bytes, double count)
    {
        if (count < 1L << 52 && count == Math.Floor(count))
        {
            WriteNumber(bytes, (ulong)count << 1);
            return;
        }

        WriteNumber(bytes, 1);
        WriteDouble(bytes, count);
    }

    private static double ReadCount(ref ReadOnlySpan<byte> bytes)
    {
        var number = ReadNumber(ref bytes);
        return number == 1 ? ReadDouble(ref bytes) : number >> 1;
    }

    private static void WriteNumber(ArrayBufferWriter<byte> bytes, ulong number)
    {
        var span = bytes.GetSpan(10);
        var length = 0;
        while (number >= 0x80)
        {
            span[length++] = (byte)(number | 0x80);
            number >>= 7;
        }

        span[length++] = (byte)number;
        bytes.Advance(length);
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var (number, shift, i) = (0UL, 0, 0);
        while (bytes[i] >= 0x80)
        {
            number |= (ulong)(bytes[i++] & 0x7f) << shift;
            shift += 7;
        }

        number |= (ulong)bytes[i++] << shift;
        bytes = bytes[i..];
        return number;
    }

    private static void WriteDouble(ArrayBufferWriter<byte> bytes, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.GetSpan(sizeof(double)), value);
        bytes.Advance(sizeof(double));
    }

    private static double ReadDouble(ref ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
        bytes = bytes[sizeof(double)..];
        return value;
    }
}
