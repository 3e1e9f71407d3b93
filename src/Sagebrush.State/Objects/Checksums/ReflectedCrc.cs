using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sagebrush.State.Objects.Checksums;

/// <summary>A bit-reflected CRC of 32 or 64 bits with all-ones initial value and final inversion.</summary>
/// <remarks>
/// Long inputs are folded with carry-less multiplication, as in Gopal et al., "Fast CRC Computation for Generic
/// Polynomials Using PCLMULQDQ" (Intel, 2009); what remains, and everything on processors without that instruction,
/// goes through slicing-by-8 tables (Kounavis and Berry, 2005). The final reduction is left to the tables as well: at
/// sixteen bytes a call it does not show, and no Barrett constants are needed.
/// </remarks>
internal sealed class ReflectedCrc
{
    /// <summary>CRC-32 as in zlib and Ethernet.</summary>
    public static readonly ReflectedCrc Crc32 = new(32, 0xEDB88320);

    /// <summary>CRC-32C (Castagnoli), as in iSCSI.</summary>
    public static readonly ReflectedCrc Crc32C = new(32, 0x82F63B78);

    /// <summary>CRC-64/NVME.</summary>
    public static readonly ReflectedCrc Crc64Nvme = new(64, 0x9A6C9329AC4BC9B5);

    private const int FoldThreshold = 128;
    private const int Slices = 8;

    private readonly int _width;
    private readonly ulong _polynomial;
    private readonly ulong[] _tables = new ulong[Slices * 256];
    private readonly Vector128<ulong> _foldBy512;
    private readonly Vector128<ulong> _foldBy128;

    private ReflectedCrc(int width, ulong polynomial)
    {
        _width = width;
        _polynomial = polynomial;
        for (var value = 0; value < 256; value++)
        {
            var remainder = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = TimesX(remainder);
            }

            _tables[value] = remainder;
        }

        for (var index = 256; index < _tables.Length; index++)
        {
            var shorter = _tables[index - 256];
            _tables[index] = _tables[(byte)shorter] ^ (shorter >> 8);
        }

        _foldBy512 = FoldConstants(512);
        _foldBy128 = FoldConstants(128);
    }

    /// <summary>The number of bytes of a finished checksum.</summary>
    public int ByteCount => _width / 8;

    /// <summary>The register before the first byte.</summary>
    public ulong InitialState => ulong.MaxValue >> (64 - _width);

    /// <summary>Runs <paramref name="data"/> through the register and returns its new value.</summary>
    public ulong Append(ulong state, ReadOnlySpan<byte> data)
    {
        if (Pclmulqdq.IsSupported && BitConverter.IsLittleEndian && data.Length >= FoldThreshold)
        {
            state = Fold(state, ref data);
        }

        return AppendByTable(state, data);
    }

    /// <summary>Turns the register into the checksum.</summary>
    public ulong Finish(ulong state) => state ^ InitialState;

    /// <summary>The checksum of two runs of bytes one after the other, from the checksum of each.</summary>
    /// <param name="first">The checksum of the first run.</param>
    /// <param name="second">The checksum of the second run.</param>
    /// <param name="secondLength">The number of bytes in the second run.</param>
    public ulong Combine(ulong first, ulong second, long secondLength) =>
        Multiply(first, PowerOfX((UInt128)secondLength * 8)) ^ second;

    internal ulong AppendByTable(ulong state, ReadOnlySpan<byte> data)
    {
        ref var table = ref MemoryMarshal.GetArrayDataReference(_tables);
        while (data.Length >= Slices)
        {
            var word = BitConverter.IsLittleEndian
                ? Unsafe.ReadUnaligned<ulong>(ref MemoryMarshal.GetReference(data))
                : System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(data);
            word ^= state;
            state = Unsafe.Add(ref table, (7 * 256) + (int)(byte)word)
                ^ Unsafe.Add(ref table, (6 * 256) + (int)(byte)(word >> 8))
                ^ Unsafe.Add(ref table, (5 * 256) + (int)(byte)(word >> 16))
                ^ Unsafe.Add(ref table, (4 * 256) + (int)(byte)(word >> 24))
                ^ Unsafe.Add(ref table, (3 * 256) + (int)(byte)(word >> 32))
                ^ Unsafe.Add(ref table, (2 * 256) + (int)(byte)(word >> 40))
                ^ Unsafe.Add(ref table, 256 + (int)(byte)(word >> 48))
                ^ Unsafe.Add(ref table, (int)(byte)(word >> 56));
            data = data[Slices..];
        }

        foreach (var value in data)
        {
            state = _tables[(byte)(state ^ value)] ^ (state >> 8);
        }

        return state;
    }

    private ulong Fold(ulong state, ref ReadOnlySpan<byte> data)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var (a, b, c, d) = (blocks[0] ^ Vector128.CreateScalar(state), blocks[1], blocks[2], blocks[3]);
        var next = 4;
        for (; next + 4 <= blocks.Length; next += 4)
        {
            a = FoldOnce(a, _foldBy512) ^ blocks[next];
            b = FoldOnce(b, _foldBy512) ^ blocks[next + 1];
            c = FoldOnce(c, _foldBy512) ^ blocks[next + 2];
            d = FoldOnce(d, _foldBy512) ^ blocks[next + 3];
        }

        b ^= FoldOnce(a, _foldBy128);
        c ^= FoldOnce(b, _foldBy128);
        d ^= FoldOnce(c, _foldBy128);
        for (; next < blocks.Length; next++)
        {
            d = FoldOnce(d, _foldBy128) ^ blocks[next];
        }

        data = data[(blocks.Length * Vector128<byte>.Count)..];
        Span<byte> remainder = stackalloc byte[Vector128<byte>.Count];
        d.AsByte().CopyTo(remainder);
        return AppendByTable(0, remainder);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> FoldOnce(Vector128<ulong> value, Vector128<ulong> constants) =>
        Pclmulqdq.CarrylessMultiply(value, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, constants, 0x11);

    /// <remarks>
    /// The low half of a vector holds the higher powers. A product of two reflected 64-bit values comes out one bit short of a
    /// reflected 128-bit value, which is one factor x too many: hence the 63 and the −1.
    /// </remarks>
    private Vector128<ulong> FoldConstants(int distance) => Vector128.Create(
        PowerOfX((UInt128)distance + 63) << (64 - _width),
        PowerOfX((UInt128)distance - 1) << (64 - _width));

    private ulong PowerOfX(UInt128 exponent)
    {
        var result = 1UL << (_width - 1);
        var square = 1UL << (_width - 2);
        for (; exponent != 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                result = Multiply(result, square);
            }

            square = Multiply(square, square);
        }

        return result;
    }

    private ulong Multiply(ulong left, ulong right)
    {
        var product = 0UL;
        for (var bit = 1UL << (_width - 1); bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
            {
                product ^= right;
            }

            right = TimesX(right);
        }

        return product;
    }

    private ulong TimesX(ulong value) => (value >> 1) ^ (_polynomial & (0UL - (value & 1)));
}
